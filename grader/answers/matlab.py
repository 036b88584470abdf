"""Arrays from `.mat` files of MATLAB and Octave, through SciPy.

SciPy is only given what is in order: `matlab_parts` looks at every variable before, unpacks within bounds and leaves
out whatever is no full array of plain numbers: no size in a file is believed that its bytes do not bear out.
"""

from __future__ import annotations

import io
import warnings

from grader.answers.arrays import NotPlainNumbersError, Numbers, check_plain, refused_file
from grader.answers.matlab_parts import MatlabError, plain_file
from grader.errors import HarnessError

_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_MATLAB_HEADER_BYTES = 512
"""How far from its start the HDF5 part of a file of MATLAB 7.3 begins."""


def read_matlab(data: bytes, file: str) -> Numbers:
    """The arrays of a `.mat` file of version 4 to 7; MATLAB knows no vectors, so all of them are matrices.

    Raises:
        SubmissionError: for version 7.3 and for damage.
        HarnessError: if SciPy is not installed.
    """
    if _HDF5_MAGIC in (data[:8], data[_MATLAB_HEADER_BYTES : _MATLAB_HEADER_BYTES + 8]):
        raise refused_file(file, "is in MATLAB's format 7.3, which is HDF5: save it with '-v7' (Octave: '-7')")
    try:
        plain, unusable = plain_file(data)
    except MatlabError as error:
        raise refused_file(file, str(error)) from None
    try:
        from scipy.io import loadmat
    except ImportError:
        raise HarnessError("`.mat` files are read with SciPy, which is not installed: pip install scipy") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = loadmat(io.BytesIO(plain), mat_dtype=False)
    except Exception:  # SciPy documents no list, and whatever it is, the file is at fault
        why = "is not a readable .mat file: it is damaged, or something else under that name"
        raise refused_file(file, why) from None
    arrays = {}
    for name, array in found.items():
        if not name.startswith("__"):
            try:
                check_plain(array.dtype)
                arrays[name] = array
            except NotPlainNumbersError as error:
                unusable[name] = str(error)
    return Numbers(file, arrays, unusable)

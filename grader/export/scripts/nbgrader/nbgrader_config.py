"""Settings of nbgrader for a course with exported assignments; put them beside its own if there are some.

Of such an assignment `nbgrader autograde` runs the cells that grade, as the course wrote them, and no other: what
students wrote is read by the grader, and runs in its sandbox alone. Other assignments are run as always.
"""
# mypy: ignore-errors

import os
from pathlib import Path

from nbgrader.preprocessors import Execute
from nbgrader.utils import compute_checksum, is_grade, is_solution

NBGRADER_COURSE = Path(__file__).resolve().parent if "__file__" in globals() else Path.cwd()
EXPORTED = NBGRADER_COURSE / "proofgrade"


class ExecuteGradingCells(Execute):
    """Runs the cells that grade an exported assignment; where the grader failed, there is no mark."""

    def preprocess(self, nb, resources, km=None):
        self.course = EXPORTED / resources["nbgrader"]["assignment"]
        self.is_exported = self.course.is_dir()
        if self.is_exported:
            os.environ["PROOFGRADE_COURSE"] = str(self.course)
            os.environ["PYTHONSAFEPATH"] = "1"
            self.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.ignore_cwd=True"]
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell, resources, index):
        if not self.is_exported:
            return super().preprocess_cell(cell, resources, index)
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            return cell, resources
        if cell.source.startswith("# # "):  # how nbgrader marks a cell that was missing
            cell.source = cell.source[2:]
        if cell.metadata.nbgrader.get("checksum") != compute_checksum(cell):
            raise RuntimeError(f"{cell.metadata.nbgrader.get('grade_id')} is not the cell that the course wrote")
        cell, resources = super().preprocess_cell(cell, resources, index)
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                said = output.get("evalue") or output.get("text", "")
                raise RuntimeError(f"no mark for {cell.metadata.nbgrader.grade_id}: {said}")
        if not any(output.output_type == "execute_result" for output in cell.outputs):
            raise RuntimeError(f"no mark for {cell.metadata.nbgrader.grade_id}: its cell has given no points")
        return cell, resources


c = get_config()  # noqa: F821
c.Execute.timeout = 300
c.ClearSolutions.enforce_metadata = False
c.OverwriteCells.add_missing_cells = True
c.OverwriteCells.missing_cell_notification = ""
c.Autograde.autograde_preprocessors = [
    ExecuteGradingCells,
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

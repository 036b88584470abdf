"""The session at a prompt that `grader help spec-tools` shows is what `grader try` does."""

from contextlib import closing

from grader.cli_try import TrySession, TypedAnswerGrader
from grader.console import show
from grader.help_pages.pages import written_pages
from grader.kinds.open_submission import Details, Resources
from grader.kinds.table import load_assignment

from ..answers.helpers import ROOT
from ..help.examples import blocks_of, fits


def test_the_session_of_the_page(capsys):
    (block,) = blocks_of("spec-tools", "text")
    assert block.text in written_pages()["spec-tools"]
    command, _, session = block.text.partition("\n")
    assert command == "$ grader try q5"
    shown = session.splitlines()
    typed = [line.partition(": ")[2] for line in shown if line.startswith(("  W", "  b2", "  b3", "change"))]

    def ask(prompt):
        line = typed.pop(0)
        show(f"{prompt}{line}\n")
        return line

    assignment = load_assignment(ROOT / "specs" / "assignment3", asked=["q5"])
    with closing(Resources()) as run:
        code = TrySession(TypedAnswerGrader(assignment, run, None, Details()), assignment.questions[0], ask).run()
    assert (code, typed) == (1, [])
    assert fits(session, capsys.readouterr().out)

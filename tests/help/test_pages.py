"""The pages of the help: what a page is, how they lead to each other, and that they stay short."""

from __future__ import annotations

import re

import pytest

import grader
from grader.help_pages.commands import commands_below, help_text
from grader.help_pages.generated import GENERATED_PAGES
from grader.help_pages.keys import key_of, models_in, sections
from grader.help_pages.pages import (
    HelpPage,
    UnknownTopicError,
    help_page,
    list_of_topics,
    pages_that_show,
    topics,
    written_pages,
)
from grader.language.functions.table import FUNCTIONS, WRITTEN_OUT

from ..answers.helpers import ROOT
from .examples import PAGES, README

MAX_PAGE_LINES = 240
MAX_PATH_LINES = 40
LINKS = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`grader help ([a-z][\w-]*)")


@pytest.mark.parametrize("topic", written_pages())
def test_a_page_is_short_and_begins_with_its_title(topic):
    text = written_pages()[topic]
    assert re.match(r"# \S.*\n\n", text)
    assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)) == 1
    assert text.count("\n") <= MAX_PAGE_LINES
    assert text.endswith("\n")


@pytest.mark.parametrize("path", ["A student's path", "A teaching assistant's path", "A CI's path"])
def test_the_paths_of_the_readme_are_short(path):
    (section,) = re.findall(rf"^## {path}\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    assert section.count("\n") < MAX_PATH_LINES


@pytest.mark.parametrize("page", [*PAGES, *GENERATED_PAGES])
def test_what_a_page_leads_to_is_there(page):
    text = PAGES.get(page) or help_page(page).text
    folder = ROOT if page == "README" else ROOT / "grader" / "help"
    links = [link for link in LINKS.findall(text) if not link.startswith("https://")]
    assert [link for link in links if not (folder / link.partition("#")[0]).exists()] == []
    assert not [link for link in links if link.startswith("#")]
    assert set(NAMED.findall(text)) <= {*topics(), "spec"}


def test_links_name_the_page_where_they_cannot_be_followed():
    page = HelpPage(
        "x", "# X\n\n[the pages](pages.md#top), [`grader help class`](class.md), [Dask](https://dask.org)\n"
    )
    assert page.plain == "# X\n\nthe pages (`grader help pages`), `grader help class`, [Dask](https://dask.org)\n"
    assert page._repr_markdown_() == page.plain
    assert repr(page) == page.plain.rstrip("\n")
    assert page.title == "X"


def test_the_list_has_a_line_for_each_topic_and_begins_with_what_is_read_first():
    lines = re.findall(r"^- `([\w-]+)`: (.+)$", list_of_topics().text, re.MULTILINE)
    assert [topic for topic, _ in lines[:4]] == ["students", "begin", "teaching", "ci"]
    assert {topic for topic, _ in lines} == set(topics()) == {*written_pages(), *GENERATED_PAGES}
    assert dict(lines)["expressions"] == "Expressions, and the functions in them"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("wieghts", "there is no help on 'wieghts' (did you mean 'weights'?)"),
        ("Weights", "(did you mean 'weights'?)"),
        ("weight", "(did you mean 'weights'?): it is mentioned in `grader help "),
        ("canvas", "there is no help on 'canvas': it is mentioned in `grader help grades`"),
        ("radius", "it is mentioned in `grader help margins`"),
        ("begn", "(did you mean 'begin'?)"),
        ("kappa", "it is mentioned in `grader help marks` and `grader help review`"),
        ("../../README", "`grader help` lists the topics"),
        ("", "`grader help` lists the topics"),
    ],
)
def test_a_topic_that_is_not_there(name, said):
    with pytest.raises(UnknownTopicError) as error:
        help_page(name)
    assert said in str(error.value)


def test_every_command_and_option_stands_on_the_page_of_commands():
    from grader.cli import cli

    text = help_page("commands").text
    leaves = [(path, command) for path, command in commands_below(cli) if not hasattr(command, "commands")]
    assert len(leaves) > 10
    for path, command in leaves:
        assert f"## grader {path}\n\n```text\n{help_text(command, path)}```\n" in text
        assert all(option in text for parameter in command.params for option in parameter.opts if option[0] == "-")


def test_every_function_of_the_language_stands_on_the_page_of_expressions():
    text = help_page("expressions").text
    for function in (*FUNCTIONS.values(), *WRITTEN_OUT.values()):
        spellings = ", ".join(f"`{spelling}`" for spelling in function.spellings)
        assert f"\n| `{function.name}` | {spellings} | {function.description} |\n" in text


def test_a_notebook_asks_for_help():
    assert grader.help("weights") == help_page("weights")
    assert grader.help() == list_of_topics()
    assert "help" in dir(grader)
    names = {}
    exec("from grader import *", names)
    assert "help" not in names


def test_every_key_of_every_file_stands_on_the_page_of_keys_with_what_it_says():
    text = help_page("keys").text
    ahead, seen = [*sections().values()], set()
    while ahead:
        model = ahead.pop()
        for name, field in model.model_fields.items():
            assert field.description, (model, name)
            assert f"`{key_of(model, name)}`" in text
            ahead += set(models_in(field.annotation)) - seen
        seen.add(model)
    assert len(seen) > 30


def test_a_section_of_a_page_is_found_by_its_title():
    found = help_page("keys").section("number")
    assert re.findall(r"^#+ .*", found.text, re.MULTILINE) == [
        "# The keys of a course's files",
        "## A question with `answer: number`",
    ]
    assert "| `tolerance` |" in found.text
    with pytest.raises(
        UnknownTopicError, match="has no section 'colours'; its sections are 'Every question', 'A quest"
    ):
        help_page("keys").section("colours")
    assert grader.help("keys number") == found


def test_the_version_that_is_built_has_a_section_before_those_of_older_ones():
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    sections = re.findall(r"^## (\d+\.\d+\.\d+)\n\n\S", written_pages()["changes"], re.MULTILINE)
    assert sections[0] == version
    numbers = [tuple(map(int, section.split("."))) for section in sections]
    assert numbers == sorted(set(numbers), reverse=True)


def test_every_page_is_reached_from_the_readme():
    """Over links, from page to page: none is known to those alone who list the topics."""
    reached, ahead = set(), ["README"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        named = re.findall(r"\((?:grader/help/)?([\w-]+)\.md[)#]", PAGES[page])
        ahead += {name for name in named if name in PAGES} - reached
    assert set(written_pages()) - reached == set()


def test_every_command_is_shown_in_an_example():
    from grader.cli import cli

    leaves = [path for path, command in commands_below(cli) if not hasattr(command, "commands")]
    assert [path for path in leaves if not pages_that_show(path)] == []

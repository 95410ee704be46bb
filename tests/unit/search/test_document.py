"""What arrives as an error body becomes a structure of bounded size, whatever it is written in."""

import json
from typing import Any

import pytest

from leads.search.refusal.document import MAX_DEPTH, MAX_FOLDS, MAX_KEY, MAX_NODES, MAX_TEXT, MAX_TEXTS, bounded, nodes
from leads.search.refusal.markup import MAX_OPEN, MAX_TAGS
from leads.search.refusal.salvage import MAX_ATTEMPTS, MAX_FRAGMENTS, MAX_TOKENS
from leads.search.refusal.tables import MAX_LINES


@pytest.mark.parametrize(
    ("content", "document"),
    [
        ({"a": [1, None, True, 1.5, "b"]}, {"a": [1, None, True, 1.5, "b"]}),
        ("just words", "just words"),
        ("leads[3] and rows [3, 9] and {x}", "leads[3] and rows [3, 9] and {x}"),
        ('"a text"', "a text"),
        ('"half a text', '"half a text'),
        ('{"a": 1}', {"a": 1}),
        ({"message": '[{"a": 1}]'}, {"message": [{"a": 1}]}),
        (json.dumps(json.dumps({"a": json.dumps([1])})), {"a": [1]}),
        ("\ufeff)]}'\n[[1]]", [[1]]),
        ('Bad: {"a": 1}', {"message": "Bad:", "errors": {"a": 1}}),
        ('{"a": 1} and {"b": 2}.', {"message": "and .", "errors": [{"a": 1}, {"b": 2}]}),
        ('{"a": 1}\n\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n{"b": 2}\n{"c', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\nno\nno', {"message": "no\nno", "errors": {"a": 1}}),
        ('{"a": [{"b": 1}, {"c": 23', {"message": "", "errors": {"a": [{"b": 1}, {}]}}),
        ('{"a": [1, 2], "b": [3, 4', {"message": ",", "errors": {"a": [1, 2], "b": [3]}}),
        ('{"a": "\\"[", "b": "rows 3, 9, 1', {"message": "rows 3, 9,", "errors": {"a": '"['}}),
        ('{"a": 1,}', '{"a": 1,}'),
        ("{'a': 1}", "{'a': 1}"),
        ("[[" * 200, "[[" * 200),
        ("<e/>", {"e": ""}),
        ("<ava@example.com> is bad", "<ava@example.com> is bad"),
        ("<e a='1' b=\"&lt;\" c=3 x:d='4' xmlns:x='urn:y'/>", {"e": {"a": "1", "b": "<", "c": "3", "d": "4"}}),
        ("<x:e><i>1</i><i>2</i>&amp; <b>three</b></x:e>", {"e": {"message": "&", "i": ["1", "2"], "b": "three"}}),
        ("<?xml version='1.0'?><!-- <e>0</e> --><e><![CDATA[<1>]]></e>", {"e": "<1>"}),
        ("<p>a <b>b</b><br>c</p></div>", {"p": "a b; c"}),
        ("<html><script>no</script><style>no</style><p>a<img src=x><p>b", {"html": {"p": {"message": "a", "p": "b"}}}),
        (
            "<table><tr><th>Row</th><th>Why</th></tr><tr><td>3</td><td>no</td></tr></table>",
            {"table": [{"Row": "3", "Why": "no"}]},
        ),
        (
            "<table><thead><tr><th>Row</th><th>Why</th></tr></thead><tbody><tr><td>3</td><td>no</td></tr></tbody></table>",
            {"table": [{"Row": "3", "Why": "no"}]},
        ),
        ("<table><tr/><tr><td>Row</td><td>3</td></tr></table>", {"table": {"tr": ["", {"td": ["Row", "3"]}]}}),
        ("row,why\n3,no\n\n9,no", [{"row": "3", "why": "no"}, {"row": "9", "why": "no"}]),
        ('"e-mail"\t"why"\nava@example.com\t"so\tso"', [{"e-mail": "ava@example.com", "why": "so\tso"}]),
        ("row,why\n3", "row,why\n3"),
        ("row,why\n", "row,why\n"),
        ("row\n3", "row\n3"),
        ("size,why\n3,no", "size,why\n3,no"),
        (f"row,why\n3,{'n' * 140_000}", f"row,why\n3,{'n' * 140_000}"),
    ],
)
def test_a_body_is_read_in_whatever_it_is_written(content: object, document: object) -> None:
    """JSON in a text, XML, a page and a table are what JSON would have been; what is none of these stays words."""
    assert bounded(content) == document


def test_a_list_that_is_known_is_left_out() -> None:
    """The request need not be read again."""
    leads = [{"email": "ava@example.com"}]
    assert bounded({"sent": leads, "none": []}, leave_out=leads) == {"sent": [], "none": []}


def _deep(depth: int) -> Any:
    content: Any = "bottom"
    for _ in range(depth):
        content = [content]
    return content


def test_what_is_nested_too_deeply_is_left_out() -> None:
    """A reader can follow every document to its bottom, and descends no further than so far."""
    assert bounded(_deep(MAX_DEPTH)) == _deep(MAX_DEPTH)
    assert "bottom" not in [node for _, node in nodes(bounded(_deep(MAX_DEPTH + 1)))]
    assert len(list(nodes(bounded(_deep(10_000))))) == MAX_DEPTH + 1


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    "content",
    [
        [1] * MAX_NODES,
        {str(n): n for n in range(MAX_NODES)},
        {"errors": [{"a": [1, 2, {"b": "c"}]}] * MAX_NODES},
        {"errors": json.dumps([{"a": 1}] * MAX_NODES)},
        '{"a": 1}' * MAX_NODES,
        '{"a": 1}\n' * MAX_NODES,
        "<a>1</a>" * MAX_NODES,
        "row,why\n" + "1,no\n" * MAX_NODES,
    ],
    ids=range(8),
)
def test_twice_as_much_is_not_twice_the_work(content: Any, times: int) -> None:
    """However large a body is, so many values of it are visited and no more."""
    assert len(list(nodes(bounded([content] * times)))) <= MAX_NODES + 1


def test_texts_are_read_up_to_a_limit() -> None:
    """Each text, and all texts of a body together, and keys."""
    assert bounded("a" * (MAX_TEXT + 1)) == "a" * MAX_TEXT
    texts = bounded(["a" * MAX_TEXT] * 10)
    assert sum(map(len, texts)) == MAX_TEXTS
    assert bounded({"k" * 1_000: 1}) == {"k" * MAX_KEY: 1}


def test_documents_in_documents_are_unfolded_so_often() -> None:
    """What is encoded again and again stays a text in the end."""
    content: str = "bottom"
    for _ in range(MAX_FOLDS + 1):
        content = json.dumps([content])
    inner = [node for _, node in nodes(bounded(content)) if isinstance(node, str)]
    assert inner == ['["bottom"]']


def test_broken_json_is_tried_so_often() -> None:
    """Each try may read all that is left: after some, it is words."""
    assert bounded('{"a" 1} ' * (MAX_ATTEMPTS - 1) + '{"b": 2}')["errors"] == {"b": 2}
    assert isinstance(bounded('{"a" 1} ' * MAX_ATTEMPTS + '{"b": 2}'), str)


def test_fragments_are_read_up_to_a_limit() -> None:
    """What comes behind is words, whatever may be in them."""
    found = bounded('{"a": 1} ' * MAX_FRAGMENTS + "and {more}")
    assert (len(found["errors"]), found["message"]) == (MAX_FRAGMENTS, "and {more}")
    assert len(bounded('{"a": 1} ' * 2 * MAX_FRAGMENTS)["errors"]) == MAX_FRAGMENTS


def test_json_that_is_cut_off_is_read_up_to_a_limit() -> None:
    """As far as its marks were looked at, it is closed and read."""
    found = bounded("[" + '{"a": 1}, ' * MAX_TOKENS)
    assert 0 < len(found["errors"]) < MAX_TOKENS


def test_markup_is_read_up_to_a_limit() -> None:
    """So many tags, and so many of them open at a time."""
    assert len(bounded("<e/>" * (MAX_TAGS + 1))["e"]) <= MAX_TAGS
    depth = str(bounded("<e>" * 100 + "bottom")).count("{")
    assert depth < MAX_OPEN


def test_tables_are_read_up_to_a_limit() -> None:
    """So many lines of them."""
    assert len(bounded("row,why\n" + "1,no\n" * (2 * MAX_LINES))) == MAX_LINES - 1

"""Merge patches as RFC 7386 means them."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.domain.merge_patch import patched

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [({"a": 1}, {"a": 2}, {"a": 2}), ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
     ({"a": 1, "b": 2}, {"a": None}, {"b": 2}), ({"a": 1}, {"c": None}, {"a": 1}),
     ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}), ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}},
                                               {"a": {"c": 2}}),
     ({"a": "text"}, {"a": {"b": {"c": None, "d": 1}}}, {"a": {"b": {"d": 1}}}),
     ({"a": 1}, [1], [1]), ([1], {"a": 1}, {"a": 1}), (7, {"a": {"b": None}}, {"a": {}}),
     ({"a": 1}, {}, {"a": 1}), ({"a": None}, {"b": 1}, {"a": None, "b": 1})],
)  # fmt: skip
def test_patch_sets_removes_and_replaces(target: Any, patch: Any, expected: Any) -> None:
    """Objects are joined, null removes, and everything else is replaced whole."""
    before = deepcopy((target, patch))

    assert expected == patched(target, patch)
    assert before == (target, patch)


@settings(deadline=None)
@given(JSON, JSON)
def test_patch_twice_is_patch_once(target: Any, patch: Any) -> None:
    """A correction that is sent again changes nothing more."""
    once = patched(target, patch)

    assert once == patched(once, patch)

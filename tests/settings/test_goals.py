"""Goals are specific, measurable and dated, or refused with a reason."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from segkit.settings.goals import Goals

GOOD = {
    "id": "keep",
    "kpi": "logo_churn",
    "baseline": 0.04,
    "target": 0.03,
    "deadline": "2027-12-31",
    "owner": "Head of service",
    "why": "winning costs more than keeping",
}


def read(*changes: dict) -> list:
    return TypeAdapter(Goals).validate_python([GOOD | change for change in changes])


def test_a_goal_is_read_with_its_date():
    goal = read({})[0]
    assert goal.deadline.isoformat() == "2027-12-31" and goal.segment is None and goal.segmentation == "value"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kpi": "logo_churm"}, "there is no KPI logo_churm. Did you mean logo_churn?"),
        ({"kpi": "xyz"}, "Known KPIs: revenue, growth"),
        ({"target": 0.04}, "nothing would change"),
        ({"target": 0.05}, "must be below the baseline"),
        ({"kpi": "growth", "target": 0.01}, "must be above the baseline"),
        ({"deadline": "soon"}, "date"),
        ({"owner": ""}, "at least 1 character"),
        ({"size": 3}, "Extra inputs"),
    ],
)
def test_what_is_no_goal_is_refused_with_a_reason(change, said):
    with pytest.raises(ValidationError, match=said.replace("?", r"\?")):
        read(change)


def test_two_goals_need_two_ids():
    with pytest.raises(ValidationError, match="keep stands there twice"):
        read({}, {"target": 0.02})


def test_the_message_names_the_place(tmp_path):
    from segkit.errors import UserError
    from segkit.settings import read_settings

    path = tmp_path / "project.yml"
    path.write_text(
        "name: x\nsources: {invoices: {files: a.csv}}\ngoals:\n"
        "  - {id: g, kpi: growht, target: 1, deadline: 2027-01-01, owner: o, why: w}\n"
    )
    with pytest.raises(UserError, match=r"goals\.0\.kpi: there is no KPI growht\. Did you mean growth"):
        read_settings(path)

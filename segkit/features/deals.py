"""Won, lost or open: one rule for the stages of opportunities, wherever they are counted."""

from __future__ import annotations

LOST = "lost|closedlost|deallost|verloren|nicht gewonnen|not won"
WON = "won|closedwon|dealwon|gewonnen|zuschlag|auftrag erteilt|auftrag erhalten|beauftragt"
"""Words in a stage's name; a name with words of both is lost."""


def verdict_sql(stage: str = "stage", is_won: str = "is_won", is_closed: str = "is_closed") -> str:
    """Return SQL that gives won, lost or NULL (open).

    Flags of the source decide; where they are empty, the stage's own words do.

    Parameters
    ----------
    stage, is_won, is_closed : str
        SQL of the stage's name and of the flags; ``NULL::BOOLEAN`` where a source has none.
    """
    words = f"trim(regexp_replace(lower({stage}), '[^a-zäöüß]+', ' ', 'g'))"
    return f"""CASE WHEN {is_won} THEN 'won'
                    WHEN {is_closed} AND NOT {is_won} THEN 'lost'
                    WHEN NOT {is_closed} THEN NULL
                    WHEN regexp_matches({words}, '(^| )({LOST})( |$)') THEN 'lost'
                    WHEN regexp_matches({words}, '(^| )({WON})( |$)') THEN 'won' END"""

"""`/v1/scheduling/no-show`: how likely it is that nobody comes, and what stands behind that. Advice for staff; it refuses no slot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from marcai.api.scheduling.cursors import cursor_of, identity
from marcai.api.scheduling.shapes import Shape
from marcai.clinics.actor import Machine
from marcai.doorway.fields import AppointmentRef, Day
from marcai.doorway.identity import scope
from marcai.doorway.services import Door, the_door
from marcai.scheduling import no_show_risks
from marcai.scheduling.no_show import HIGH_FROM, MEDIUM_FROM, PRIOR, Facts, Model, Risk

router = APIRouter(prefix="/no-show", tags=["no-show"])
The = Annotated[Door, Depends(the_door)]
Reader = Annotated[Machine, Depends(scope("read:appointments"))]


class RiskShape(Shape):
    """The risk that a patient does not come to a visit."""

    appointment_id: UUID
    risk_score: float
    risk_level: str
    risk_factors: list[str]
    recommendation: str
    calibrated: bool
    model_version: str

    @classmethod
    def of(cls, facts: Facts, it: Risk, model: Model) -> "RiskShape":
        """Show a risk."""
        return cls(
            appointment_id=facts.appointment_id,
            risk_score=round(it.score, 4),
            risk_level=it.level,
            risk_factors=list(it.factors),
            recommendation=it.recommendation,
            calibrated=model.is_calibrated,
            model_version=model.version,
        )


class DailyRisks(Shape):
    """One page of the risks of a day's live visits; `next_cursor` is null on the last."""

    date: str
    risks: list[RiskShape]
    total: int
    next_cursor: str | None = None
    calibrated: bool
    model_version: str


class ModelInfo(Shape):
    """The model that is used, what it learnt from, and how it was judged."""

    model_version: str
    kind: str
    calibrated: bool
    trained_at: str | None
    thresholds: dict[str, float]
    features: list[str]
    history_is_generated: bool
    note: str
    report: dict[str, Any]


@router.get("/appointments/{appointment_id}/risk")
async def appointment_risk(appointment_id: AppointmentRef, machine: Reader, door: The) -> RiskShape:
    """Return the risk of one appointment, from what is known now (or was when it began)."""
    async with door.unit(machine) as unit:
        facts, found, model = await no_show_risks.risk(unit, appointment_id)
        await unit.commit()
    return RiskShape.of(facts, found, model)


@router.get("/daily-risks")
async def daily_risks(
    machine: Reader,
    door: The,
    date: Day,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> DailyRisks:
    """Return the risks of the appointments of a day that still stand; `total` counts those of this page."""
    async with door.unit(machine) as unit:
        found, model = await no_show_risks.risks_on(unit, date, limit=limit + 1, after=identity(cursor))
        await unit.commit()
    page = found[:limit]
    return DailyRisks(
        date=date.isoformat(),
        risks=[RiskShape.of(facts, risk, model) for facts, risk in page],
        total=len(page),
        next_cursor=cursor_of(page[-1][0].appointment_id) if len(found) > limit else None,
        calibrated=model.is_calibrated,
        model_version=model.version,
    )


@router.get("/model-info")
async def model_info(machine: Reader, door: The) -> ModelInfo:
    """Return what stands behind the risks: the model, its training, its errors, and the gaps between sexes and age bands."""
    async with door.unit(machine) as unit:
        model = await no_show_risks.model_of(unit)
        report = await no_show_risks.model_info(unit)
        await unit.commit()
    history = report.get("trained_on") or report.get("history") or {}
    generated = int(history.get("generated_visits") or 0)
    is_prior = model is PRIOR
    return ModelInfo(
        model_version=model.version,
        kind="prior" if is_prior else "logistic_regression",
        calibrated=model.is_calibrated,
        trained_at=model.trained_at.isoformat() if model.trained_at else None,
        thresholds={"medium": MEDIUM_FROM, "high": HIGH_FROM},
        features=sorted({name.partition(":")[0] for name in model.weights}),
        history_is_generated=generated > 0,
        note=_note(is_prior=is_prior, generated=generated, visits=int(history.get("visits") or 0)),
        report=_written(report),
    )


def _note(*, is_prior: bool, generated: int, visits: int) -> str:
    basis = (
        "Odds that reviews of such studies agree on; this clinic has no model of its own."
        if is_prior
        else "Learnt from this clinic's past."
    )
    return basis + (
        f" {generated} of the {visits} past visits were generated for the demo and say nothing about real patients." if generated else ""
    )


def _written(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _written(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_written(inner) for inner in value]
        case datetime():
            return value.isoformat()
        case _:
            return value

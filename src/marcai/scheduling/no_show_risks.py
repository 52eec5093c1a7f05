"""Asking for the risk of visits, and the model behind it. Every visit that is asked about leaves a row in the audit trail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from marcai.ledger.events import AuditEntry
from marcai.scheduling.errors import NotFound
from marcai.scheduling.no_show import PRIOR, Facts, Model, Risk, risk_of
from marcai.scheduling.no_show_training import Learner, NotBetter, PastCase, TooLittle, groups, judged, told_history, train
from marcai.scheduling.patient import Patient, PatientId
from marcai.scheduling.ports import SchedulingUnit

MOST_CASES = 20_000
JUDGED_AT_ONCE = 1_000
"""So many of the latest visits does `model-info` judge the prior by."""
PATIENTS_A_PAGE = 500


class NoShowStore(Protocol):
    """What one clinic's visits and models are, as the risk needs them. Ages are added by whoever may open them."""

    async def facts(self, appointment_id: UUID) -> Facts | None:
        """Return what is known of a visit now, or was known when it began."""
        ...

    async def facts_on(self, day: date, *, limit: int, after: UUID | None = None) -> list[Facts]:
        """Return what is known of the live visits of a wall day, in order of id."""
        ...

    async def past(self, *, limit: int) -> list[PastCase]:
        """Return the latest visits that were kept or missed, with what was known a day before (or when booked, if later)."""
        ...

    async def model(self) -> Model | None:
        """Return the clinic's own model that was made last."""
        ...

    async def keep(self, model: Model) -> UUID:
        """Keep a model; from now on it is the clinic's."""
        ...


class NoShowUnit(SchedulingUnit, Protocol):
    """The transaction that risks need."""

    @property
    def no_show(self) -> NoShowStore:
        """What is known of visits before they begin, and the clinic's own model."""
        ...


async def model_of(unit: NoShowUnit) -> Model:
    """Return the clinic's own model, or the prior."""
    return await unit.no_show.model() or PRIOR


async def risk(unit: NoShowUnit, appointment_id: UUID) -> tuple[Facts, Risk, Model]:
    """Return the risk of one visit, with the model that says so.

    Raises:
        NotFound: there is no such visit.
    """
    facts = await unit.no_show.facts(appointment_id)
    if facts is None:
        raise NotFound("appointment", appointment_id)
    model = await model_of(unit)
    return (known := await _with_age(unit, facts)), _told(unit, model, known), model


async def risks_on(unit: NoShowUnit, day: date, *, limit: int, after: UUID | None = None) -> tuple[list[tuple[Facts, Risk]], Model]:
    """Return the risks of the live visits of a wall day, in order of id, those after `after`."""
    model = await model_of(unit)
    found = [await _with_age(unit, facts) for facts in await unit.no_show.facts_on(day, limit=limit, after=after)]
    return [(facts, _told(unit, model, facts)) for facts in found], model


def _told(unit: NoShowUnit, model: Model, facts: Facts) -> Risk:
    unit.audit(AuditEntry("read", "no_show_risk", facts.appointment_id, facts.patient_id))
    return risk_of(model, facts)


async def _with_age(unit: NoShowUnit, facts: Facts) -> Facts:
    patient = await unit.patients.get(facts.patient_id)
    return facts if patient is None else replace(facts, age=_age(patient, unit.now))


def _age(patient: Patient, at: datetime) -> int | None:
    born = patient.date_of_birth
    if born is None:
        return None
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


async def past_cases(unit: NoShowUnit, *, limit: int = MOST_CASES) -> list[PastCase]:
    """Return past visits with the patients' ages then, and their sex."""
    cases = await unit.no_show.past(limit=limit)
    wanted = {case.facts.patient_id for case in cases}
    known: dict[PatientId, Patient] = {}
    after: int | None = None
    while wanted - known.keys():
        page = await unit.patients.page(limit=PATIENTS_A_PAGE, after=after)
        if not page:
            break
        known |= {patient.id: patient for patient in page}
        after = page[-1].seq
    return [_with_patient(case, known.get(case.facts.patient_id)) for case in cases]


def _with_patient(case: PastCase, patient: Patient | None) -> PastCase:
    return case if patient is None else replace(case, facts=replace(case.facts, age=_age(patient, case.start)), sex=patient.sex)


async def train_model(unit: NoShowUnit, learner: Learner) -> Model | TooLittle | NotBetter:
    """Make a model of the clinic's own history, and keep it if it beats the prior."""
    cases = await past_cases(unit)
    made = train(cases, learner, now=unit.now)
    if isinstance(made, Model):
        unit.audit(AuditEntry("train", "no_show_model", await unit.no_show.keep(made), None, {"visits": len(cases)}))
    return made


async def model_info(unit: NoShowUnit) -> dict[str, Any]:
    """Return what is known of the model in use: what it learnt from, how it was judged, and the gaps between groups.

    The prior is judged by the clinic's latest visits, if there are any.
    """
    model = await model_of(unit)
    unit.audit(AuditEntry("read", "no_show_model", None))
    if model is not PRIOR:
        return dict(model.report)
    cases: Sequence[PastCase] = await past_cases(unit, limit=JUDGED_AT_ONCE)
    found: dict[str, Any] = {"trained_on": None, "history": told_history(cases)}
    return found | ({"evaluation": judged(PRIOR, cases), "groups": groups(PRIOR, cases)} if cases else {})

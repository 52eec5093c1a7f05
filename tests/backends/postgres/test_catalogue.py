import asyncio
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from marcai.backends.postgres.engine import Postgres
from marcai.backends.postgres.locks import Lock, lock_number, take_locks
from marcai.clinics.clinic import Location, Room
from marcai.clinics.errors import SlugTaken
from marcai.scheduling import catalogue
from marcai.scheduling.errors import NotFound, Unacceptable
from marcai.scheduling.provider import AppointmentType, Override, OverrideKind, Provider, Template
from tests.backends.postgres.making import hours, make_clinic, organisation


async def test_the_set_up_is_what_was_added(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        setup = await unit.setup()
    assert setup.organisation.slug == "one"
    assert setup.locations == {made.location.id: made.location}
    assert setup.rooms == {made.room.id: made.room}
    assert setup.providers == {made.provider.id: made.provider}
    assert setup.appointment_types == {made.appointment_type.id: made.appointment_type}
    assert setup.templates == {made.provider.id: (made.template,)}
    assert setup.overrides == {made.provider.id: (made.override,)}


async def test_every_field_survives_both_ways_of_reading(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        given = {
            "display_name": "Dr. 李",
            "doctor_id": uuid4(),
            "aliases": ("Li", "李医生"),
            "specialties": ("cardiology",),
            "default_duration": timedelta(minutes=45),
            "buffer_between": timedelta(minutes=5),
            "max_daily": 12,
            "lanes": 3,
            "primary_location_id": made.location.id,
            "is_accepting_new_patients": False,
            "metadata": {"a": [1, None, "ü"]},
        }
        provider = await catalogue.add(unit, Provider, given)
        assert all(getattr(provider, name) == value for name, value in given.items())
        more = {
            "slot_length": timedelta(minutes=15),
            "appointment_type_ids": frozenset({made.appointment_type.id}),
            "room_id": made.room.id,
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
        }
        template = await catalogue.add(unit, Template, hours(provider, made.location.id) | more)
        days = {"kind": OverrideKind.ADDED, "date_from": date(2026, 12, 1), "date_to": date(2026, 12, 1)}
        override = await catalogue.add(
            unit, Override, {"provider_id": provider.id, "start": time(8, 15), "end": time(9), "location_id": made.location.id, **days}
        )
        await unit.commit()
    async with store.unit(made.id, actor_label="test") as unit:
        setup = await unit.setup()
        reads: list[tuple[type[Any], Any, Any]] = [
            (Provider, provider, setup.providers[provider.id]),
            (Template, template, setup.templates[provider.id][0]),
            (Override, override, setup.overrides[provider.id][0]),
        ]
        for kind, thing, listed in reads:
            assert await unit.catalogue.get(kind, thing.id) == thing == listed


async def test_a_revision_is_read_once_and_a_new_one_anew(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        first = await unit.setup()
        assert await unit.setup() is first
    async with store.unit(made.id, actor_label="test") as unit:
        assert await unit.setup() is first
        await catalogue.change(unit, Provider, made.provider.id, {"display_name": "Dra. Ana Souza"})
        changed = await unit.setup()
        assert changed.providers[made.provider.id].display_name == "Dra. Ana Souza"
        assert changed.revision == first.revision + 1
        async with store.unit(made.id, actor_label="other") as other:
            assert await other.setup() is first
        await unit.commit()
    async with store.unit(made.id, actor_label="test") as unit:
        assert (await unit.setup()) == changed


async def test_a_change_that_is_undone_is_not_remembered(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        await catalogue.change(unit, Location, made.location.id, {"name": "Undone"})
        assert (await unit.setup()).locations[made.location.id].name == "Undone"
    async with store.unit(made.id, actor_label="test") as unit:
        await catalogue.change(unit, Location, made.location.id, {"name": "Done"})
        await unit.commit()
    async with store.unit(made.id, actor_label="test") as unit:
        assert (await unit.setup()).locations[made.location.id].name == "Done"


async def test_what_is_retired_stays_listed_and_an_override_is_gone(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        things: list[Any] = [made.location, made.room, made.appointment_type, made.provider, made.template]
        for thing in things:
            kind: type[Any] = type(thing)
            await catalogue.remove(unit, kind, thing.id)
            found = await unit.catalogue.get(kind, thing.id)
            assert found is not None
            assert not found.is_active
            assert [item.id for item in await unit.catalogue.page(kind, limit=9)] == [thing.id]
        await catalogue.remove(unit, Override, made.override.id)
        assert await unit.catalogue.page(Override, limit=9) == []
        with pytest.raises(NotFound):
            await catalogue.remove(unit, Override, made.override.id)


async def test_pages_follow_the_order_of_arrival_while_others_add(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        added = [made.location] + [await catalogue.add(unit, Location, {"name": f"{n}", "timezone": "UTC"}) for n in range(5)]
        first = await unit.catalogue.page(Location, limit=3)
        added.append(await catalogue.add(unit, Location, {"name": "late", "timezone": "UTC"}))
        second = await unit.catalogue.page(Location, limit=9, after=first[-1].id)
        assert first + second == added
        assert await unit.catalogue.page(Template, limit=9, provider_id=made.provider.id) == [made.template]
        assert await unit.catalogue.page(Template, limit=9, provider_id=uuid4()) == []


NONSENSE: list[tuple[type[Any], dict[str, object], str]] = [
    (Location, {"name": "x", "timezone": "Mars/Olympus"}, "timezone"),
    (Location, {"name": " ", "timezone": "UTC"}, "name"),
    (Location, {"name": "x"}, "timezone"),
    (Location, {"name": "x", "timezone": "UTC", "colour": "red"}, "colour"),
    (Location, {"name": "x", "timezone": "UTC", "id": uuid4()}, "id"),
    (AppointmentType, {"name": "x", "duration": timedelta(0)}, "duration"),
    (AppointmentType, {"name": "x", "duration": timedelta(days=2)}, "duration"),
    (AppointmentType, {"name": "x", "duration": timedelta(minutes=5), "buffer_after": timedelta(minutes=-1)}, "buffer_after"),
    (Provider, {"display_name": "x", "lanes": 0}, "lanes"),
    (Template, {"weekday": 7, "start": time(8), "end": time(9)}, "weekday"),
    (Template, {"weekday": 1, "start": time(9), "end": time(9)}, "end"),
    (Template, {"weekday": 1, "start": time(8), "end": time(9), "valid_from": date(2026, 2, 2), "valid_to": date(2026, 2, 1)}, "valid_to"),
    (Override, {"kind": "blocked", "date_from": date(2026, 2, 2), "date_to": date(2026, 2, 1)}, "date_to"),
    (Override, {"kind": "added", "date_from": date(2026, 2, 2), "date_to": date(2026, 2, 2)}, "start"),
    (Override, {"kind": "modified", "date_from": date(2026, 2, 2), "date_to": date(2026, 2, 2), "start": time(8)}, "end"),
]


async def test_what_no_clinic_can_mean_is_refused_by_field(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    given: dict[type[Any], dict[str, object]] = {
        Template: {"provider_id": made.provider.id, "location_id": made.location.id},
        Override: {"provider_id": made.provider.id},
    }
    async with store.unit(made.id, actor_label="test") as unit:
        before = (await unit.setup()).revision
        for kind, fields, field in NONSENSE:
            with pytest.raises(Unacceptable) as refused:
                await catalogue.add(unit, kind, given.get(kind, {}) | fields)
            assert refused.value.field == field
        assert (await unit.setup()).revision == before


async def test_a_reference_to_nothing_or_to_another_clinics_is_not_found(store: Postgres) -> None:
    one, two = await make_clinic(store, "one"), await make_clinic(store, "two")
    references: list[tuple[type[Any], dict[str, Any], str]] = [
        (Room, {"name": "x", "location_id": two.location.id}, "location"),
        (Provider, {"display_name": "x", "primary_location_id": two.location.id}, "location"),
        (Template, hours(two.provider, one.location.id), "provider"),
        (Template, hours(one.provider, two.location.id), "location"),
        (Template, hours(one.provider, one.location.id) | {"room_id": two.room.id}, "room"),
    ]
    for kind, fields, word in references:
        async with store.unit(one.id, actor_label="test") as unit:
            with pytest.raises(NotFound) as missing:
                await catalogue.add(unit, kind, fields)
        assert missing.value.kind == word


async def test_a_change_of_hours_waits_for_the_providers_lock(store: Postgres) -> None:
    made = await make_clinic(store, "one")

    async def block() -> None:
        days = {"kind": "blocked", "date_from": date(2026, 12, 1), "date_to": date(2026, 12, 1)}
        async with store.unit(made.id, actor_label="test") as unit:
            await catalogue.add(unit, Override, {"provider_id": made.provider.id, **days})
            await unit.commit()

    async with store.unit(made.id, actor_label="booking") as booking:
        await take_locks(booking, [lock_number(Lock.PROVIDER, made.provider.seq)])
        waiting = asyncio.create_task(block())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await booking.commit()
    await asyncio.wait_for(waiting, 5)


async def test_a_slug_is_taken_once(store: Postgres) -> None:
    await make_clinic(store, "one")
    async with store.unit(uuid4(), actor_label="test") as unit:
        with pytest.raises(SlugTaken):
            await unit.catalogue.add_organisation(organisation(unit.organisation_id, "one"))


async def test_the_clinic_itself_can_be_changed(store: Postgres) -> None:
    made = await make_clinic(store, "one")
    async with store.unit(made.id, actor_label="test") as unit:
        changed = await unit.catalogue.change_organisation(
            {"notice": timedelta(hours=2), "horizon": timedelta(days=30), "settings": {"a": 1}}
        )
        assert changed is not None
        assert (changed.notice, changed.horizon, changed.settings) == (timedelta(hours=2), timedelta(days=30), {"a": 1})
        assert (await unit.setup()).organisation == changed

"""Many e-mails asked of a model at once, each stored as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from lib.chat import ModelAway
from lib.outreach.model import Model, NobodyWaits, Queue, WritingStopped
from lib.outreach.people import Person
from lib.outreach.saving import Done, is_wanted, save_drafts
from lib.outreach.scope import Run, Words
from lib.outreach.writer import write_with_model
from lib.settings import Settings

# How often a pause is looked for, and others who wait for this worker.
LOOK_EVERY_S = 1.0
# Once it is over, so long those who ask already may take to be answered and stored.
GRACE_S = 5.0


class Crew:
    """As many writers as may ask at once, one that stores what they wrote, one that looks whether it is wanted."""

    def __init__(self, run: Run, words: Words, queue: Queue, must_yield: Callable[[], bool]) -> None:
        self._run, self._words, self._queue = run, words, queue
        self._must_yield = must_yield
        self._saver = _Saver(run)
        self._undone: list[ModelAway] = []
        self._stop: Exception | None = None
        self.has_yielded = False

    async def write(self, people: Sequence[Person], writers: int) -> None:
        """Write to everybody, until it is done, not wanted any more, or others wait. Raises WritingStopped."""
        todo = iter(people)
        at_work = {asyncio.create_task(self._write_some(todo)) for _ in range(min(writers, len(people)))}
        watching, saving = asyncio.create_task(self._watch()), asyncio.create_task(self._saver.run())
        try:
            await self._wait(at_work, watching, saving)
        finally:
            for task in (watching, saving, *at_work):
                task.cancel()
            await asyncio.gather(watching, saving, *at_work, return_exceptions=True)
        if self._stop is not None:
            raise self._stop
        if self._undone and not self.has_yielded:
            raise _left_undone(self._undone)

    async def _wait(self, at_work: set[asyncio.Task[None]], *others: asyncio.Task[None]) -> None:
        """Wait until the writers are done, or nobody wants what they write, or one of them cannot go on."""
        waiting = set(at_work)
        while waiting and self._stop is None:
            done, _ = await asyncio.wait({*waiting, *others}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if error := task.exception():
                    raise error
            if done & set(others):
                return
            waiting -= done
        if waiting:
            await asyncio.wait(waiting, timeout=GRACE_S)

    async def _write_some(self, todo: Iterator[Person]) -> None:
        """Write to one after another. A place at the gate is held until what was asked for is stored."""
        with suppress(NobodyWaits):
            while True:
                async with self._queue.slot() as slot:
                    person = next(todo, None)
                    if person is None:
                        return
                    try:
                        email = await write_with_model(self._queue.model, slot.ask, self._words, person.facts)
                    except ModelAway as error:
                        self._undone.append(error)
                    except WritingStopped as error:
                        self._stop = self._stop or error
                        await self._queue.close()
                    else:
                        await self._saver.save(Done(person.contact_id, email))

    async def _watch(self) -> None:
        """End when the run is not wanted any more; let nobody start when others wait for this worker."""
        while await asyncio.to_thread(is_wanted, self._run):
            if not self.has_yielded and await asyncio.to_thread(self._must_yield):
                self.has_yielded = True
                await self._queue.close()
            await asyncio.sleep(LOOK_EVERY_S)


class _Saver:
    """Stores everything that is finished by one transaction, while the next is being finished."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._finished: list[tuple[Done, asyncio.Future[None]]] = []
        self._there_is_some = asyncio.Event()

    async def save(self, done: Done) -> None:
        """Return once it is committed."""
        stored = asyncio.get_running_loop().create_future()
        self._finished.append((done, stored))
        self._there_is_some.set()
        await stored

    async def run(self) -> None:
        """Store until the run is not wanted any more."""
        while True:
            await self._there_is_some.wait()
            self._there_is_some.clear()
            batch, self._finished = self._finished, []
            if not await asyncio.to_thread(save_drafts, self._run, [done for done, _ in batch]):
                return
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)


def write_all(
    run: Run, words: Words, people: Sequence[Person], settings: Settings, must_yield: Callable[[], bool]
) -> bool:
    """Return whether all were asked for; not where others wait for this worker. Raises WritingStopped."""

    async def write() -> bool:
        model = Model(settings)
        try:
            queue = Queue(model, settings.openai_in_flight)
            crew = Crew(run, words, queue, must_yield)
            await crew.write(people, settings.openai_in_flight)
            return not crew.has_yielded
        finally:
            await model.close()

    return asyncio.run(write())


def _left_undone(errors: Sequence[ModelAway]) -> WritingStopped:
    """Return what is said of e-mails that could not be asked for while others could."""
    count = len(errors)
    return WritingStopped(
        f"{count} {'e-mails' if count > 1 else 'e-mail'} could not be written: {errors[-1].message}",
        "Go on: only what is missing is written.",
    )

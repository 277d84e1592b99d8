"""What is done with all contacts that are ticked, on whatever page they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lib.contacts import many
from lib.contacts.carrying import to_csv, to_vcards
from lib.contacts.contacts import Contact, ContactFilter, list_contacts, list_contacts_by_id
from lib.contacts.groups import list_groups
from lib.contacts.undo import list_changed
from lib.database import transaction
from lib.jobs.rereading import reread
from lib.ui.events import all_events
from lib.ui.page import error_boundary
from lib.ui.review.actions import verify
from lib.ui.review.removing import ask_to_erase, delete
from lib.ui.review.sides import offer_joining
from lib.ui.review.state import chosen_contacts, forget_choice, show_anew
from lib.ui.review.undoing import did
from lib.ui.text import plain
from lib.words import counted

# More are not ticked with one click: who means ten thousand means an event or a group.
MOST = 1000


def show_chosen(wanted: ContactFilter, count: int) -> None:
    """Show what can be done with those that are ticked, when some are."""
    chosen = sorted(chosen_contacts())
    if not chosen:
        return
    with st.container(border=True, key="chosen"), st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{len(chosen):,} chosen", width="content")
        # By callback, which runs first: a click is lost when the grid's next message cuts its run off.
        st.button("Verify", icon=":material/done_all:", key="verify_selected", on_click=_verify, args=(chosen,))
        offer_joining(chosen)
        _offer_event(chosen)
        _offer_group(chosen)
        st.button(
            "Read again",
            icon=":material/document_scanner:",
            key="reread",
            help="By the other reader; what it reads otherwise is offered, nothing is replaced",
            on_click=_reread,
            args=(chosen,),
        )
        _offer_files(chosen)
        st.button("Delete", icon=":material/delete:", key="delete_selected", on_click=delete, args=(chosen,))
        st.button(
            "Erase", icon=":material/person_remove:", key="erase_selected", on_click=ask_to_erase, args=(chosen,)
        )
        if count > len(chosen):
            label = f"Choose all {count:,}" if count <= MOST else f"Choose the first {MOST:,}"
            st.button(label, type="tertiary", key="choose_all", on_click=_choose_all, args=(wanted,))
        st.button("Clear", type="tertiary", key="clear_choice", on_click=forget_choice)


def _offer_event(chosen: Sequence[int]) -> None:
    with st.popover("Event", icon=":material/event:", key="set_event"):
        for event in all_events():
            st.button(
                plain(event.name),
                key=f"event_{event.id}",
                type="tertiary",
                on_click=_set_event,
                args=(chosen, event.id),
            )


def _offer_group(chosen: Sequence[int]) -> None:
    with transaction() as db:
        groups = list_groups(db)
    with st.popover("Group", icon=":material/group_add:", key="add_to_group", disabled=not groups):
        for group in groups:
            st.button(
                plain(group.name), key=f"group_{group.id}", type="tertiary", on_click=_add, args=(chosen, group.id)
            )


def _offer_files(chosen: Sequence[int]) -> None:
    with st.popover("Download", icon=":material/download:", key="download"):
        for label, name, mime, convert in (
            ("CSV", "contacts.csv", "text/csv", to_csv),
            ("vCard", "contacts.vcf", "text/vcard", to_vcards),
        ):
            st.download_button(
                label, _file(chosen, convert), file_name=name, mime=mime, key=f"download_{name}", on_click="ignore"
            )


def _file(chosen: Sequence[int], convert: Callable[[Sequence[Contact]], bytes]) -> Callable[[], bytes]:
    """Return what makes the file, when it is asked for and not before."""

    def make() -> bytes:
        with transaction() as db:
            return convert(list_contacts_by_id(db, chosen))

    return make


def _verify(chosen: Sequence[int]) -> None:
    with error_boundary():
        if verify(chosen):
            chosen_contacts().difference_update(chosen)


def _set_event(chosen: Sequence[int], event_id: int) -> None:
    with error_boundary():
        with transaction() as db:
            undo_id = many.set_event(db, chosen, event_id)
        did(f"Set the event of {_people(chosen)}.", undo_id)


def _add(chosen: Sequence[int], group_id: int) -> None:
    with error_boundary():
        with transaction() as db:
            undo_id = many.add_to_group(db, chosen, group_id)
            # Who was there already, and who was never read, did not join.
            joined = list_changed(db, undo_id)
        did(f"Added {_people(joined)} to the group.", undo_id)


def _reread(chosen: Sequence[int]) -> None:
    with error_boundary():
        with transaction() as db:
            count = reread(db, chosen)
        st.toast(f"{count:,} of {_people(chosen)} are read again.", icon=":material/document_scanner:")


def _choose_all(wanted: ContactFilter) -> None:
    with error_boundary():
        with transaction() as db:
            found = list_contacts(db, wanted, limit=MOST)
        chosen_contacts().update(contact.id for contact in found)
        show_anew()


def _people(chosen: Sequence[int]) -> str:
    return counted(len(chosen), "contact")

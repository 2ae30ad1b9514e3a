"""Names as long as they may be, in one word or from right to left: no page grows wider by them."""

from __future__ import annotations

from django.db.models import Model

from documents.models import Document
from tests.e2e.browsing import PHONE
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from workflows.models import WorkflowExecution
from workspaces.models import ApiToken, User

WORD = "Ü" + "berlangerwortohnepause" * 8 + " 🎉"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _name(one: Model, field: str, text: str = WORD) -> None:
    longest = one._meta.get_field(field).max_length or len(text)
    setattr(one, field, text[:longest])
    one.save()


def _name_all(world: World, owner: User) -> None:
    named = (
        world.workspace,
        owner,
        world.workflow,
        world.run.project,
        world.provider,
        world.webhook,
    )
    for one in (*named, ApiToken.objects.get()):
        _name(one, "name")
    for execution in WorkflowExecution.objects.all():
        _name(execution, "title")
    _name(Document.objects.get(pk=world.document.pk), "title", "مرحبا بالعالم رسالة أسبوعية " * 6)


def test_no_page_is_wider_than_a_phone_by_a_name(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    _name_all(world, owner)
    page = browser_page(owner, size=PHONE)
    wider = {}
    for name, path in world.paths().items():
        page.goto(path)
        wider[name] = page.evaluate(WIDER)
    assert not {name for name, pixels in wider.items() if pixels > 0}

"""Settings by mouse: somebody is invited and comes in, a provider is tested, a key is copied."""

from __future__ import annotations

import re

from django.core import mail
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.conftest import wait_until
from tests.e2e.browsing import PHONE, Tab, axe
from tests.e2e.conftest import OpenPage
from tests.e2e.world import World
from tests.receiver import Receiver
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import Provider
from workspaces.deliveries import deliver as deliver_webhooks
from workspaces.models import Membership, Role, User, Workspace
from workspaces.notices import deliver

NEW = "lena@example.test"


def _invitation_link() -> str:
    wait_until(lambda: deliver() or mail.outbox, what="the invitation is sent")
    found = re.search(r"/invitations/\S+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_somebody_is_invited_joins_and_sees_the_workspace(
    browser_page: OpenPage, world: World, owner: User
) -> None:
    page = browser_page(owner)
    page.goto(world.paths()["home"])
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("E-mail address").fill(NEW)
    page.get_by_label("Role", exact=True).select_option("Reviewer")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text(f"An invitation is on its way to {NEW}.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Send again to {NEW}")).to_be_visible()

    guest = browser_page(size=PHONE)
    guest.goto(_invitation_link())
    expect(guest.get_by_role("heading", name="Join Alder & Pine")).to_be_visible()
    axe(guest)
    guest.get_by_label("Your name").fill("Lena Ortiz")
    guest.get_by_label("Password").fill("a-long-enough-phrase")
    guest.get_by_role("button", name="Create account and join").click()
    expect(guest.get_by_text("Welcome to Alder & Pine.")).to_be_visible()
    expect(guest).to_have_url(re.compile("/w/alder-pine/$"))

    page.reload()
    row = page.get_by_role("listitem").filter(has_text=NEW)
    expect(row.get_by_text("Lena Ortiz", exact=True)).to_be_visible()
    row.get_by_label("Role of Lena Ortiz").select_option("Editor")
    expect(page.get_by_text("Lena Ortiz has the role Editor now.")).to_be_visible()
    assert Membership.objects.get(user__email=NEW).role == Role.EDITOR


def test_somebody_is_removed_after_a_question(
    browser_page: OpenPage, owner: User, editor: User
) -> None:
    page = browser_page(owner)
    page.goto("/w/alder-pine/settings/members")
    page.get_by_role("button", name="Remove Editor").click()
    dialog = page.get_by_role("dialog", name="Remove Editor?")
    axe(page)
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Remove Editor").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Editor is no longer a member.")).to_be_visible()
    expect(page.get_by_text("editor@example.test")).to_be_hidden()


def test_a_provider_is_tested_where_it_stands(
    browser_page: OpenPage, workspace: Workspace, owner: User, scripted_openai: ScriptedOpenAI
) -> None:
    works = make.ProviderFactory(
        workspace=workspace, name="House model", base_url=scripted_openai.base_url,
        copy_model="writer-1",
    )  # fmt: skip
    make.ProviderFactory(workspace=workspace, name="Far away", copy_model="writer-2")
    page = browser_page(owner)
    page.goto("/w/alder-pine/settings/providers")
    page.get_by_role("button", name="Test House model").click()
    expect(page.get_by_text("It works: writer-1 answered in")).to_be_visible()
    page.get_by_role("button", name="Test Far away").click()
    expect(page.locator(".provider__probe .status-failed")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("It works: writer-1 answered in")).to_be_visible()
    axe(page)
    _switch_off(page, works)


def _switch_off(page: Page, row: Provider) -> None:
    page.get_by_role("button", name=f"Switch {row.name} off").click()
    expect(page.get_by_text(f"{row.name} is off now.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Switch {row.name} on")).to_be_visible()


def test_a_token_is_made_and_its_key_is_copied(
    browser_page: OpenPage, tab: Tab, workspace: Workspace, owner: User
) -> None:
    page = browser_page(owner, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/w/alder-pine/settings/tokens")
    page.get_by_label("Name").fill("Website")
    page.get_by_label("Launch, retry, skip, pause and stop runs").check()
    page.get_by_role("button", name="Make token").click()
    key = page.get_by_role("textbox", name="Key of Website").input_value()
    axe(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.get_by_role("button", name="Revoke Website").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Website is revoked.")).to_be_visible()


def test_a_webhook_is_added_tried_and_what_it_was_told_goes_out_again(
    browser_page: OpenPage, workspace: Workspace, owner: User
) -> None:
    page = browser_page(owner, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/w/alder-pine/settings/webhooks")
    with Receiver() as receiver:
        page.get_by_label("Name").fill("Website")
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_label("Review asked for").uncheck()
        page.get_by_role("button", name="Add webhook").click()
        secret = page.get_by_role("textbox", name="Secret of Website").input_value()
        axe(page)
        page.get_by_role("button", name="Send test").click()
        expect(page.get_by_text("It works: Website answered with status 200.")).to_be_visible()
        assert receiver.calls[0].verified(secret)["type"] == "webhook.test"

        page.get_by_text("webhook.test").first.click()
        axe(page)
        page.get_by_role("button", name=re.compile("^Replay webhook.test")).click()
        expect(page.get_by_text("On its way")).to_be_visible()
        wait_until(lambda: deliver_webhooks() or len(receiver.calls) > 1, what="it is sent again")
        expect(page.get_by_text("On its way")).to_be_hidden()
        expect(page.get_by_text("Delivered")).to_be_visible()
        ids = {call.headers["webhook-id"] for call in receiver.calls}
        assert (len(receiver.calls), len(ids)) == (2, 1)

    page.get_by_role("button", name="Delete Website").click()
    dialog = page.get_by_role("dialog", name="Delete Website?")
    axe(page)
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Website is deleted.")).to_be_visible()


def test_somebody_signs_out_everywhere_else(browser_page: OpenPage, owner: User) -> None:
    here, there = browser_page(), browser_page(size=PHONE)
    for page in (there, here):
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(owner.email)
        page.get_by_label("Password").fill("a-long-password")
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile("/w/alder-pine/$"))
    here.goto("/w/alder-pine/settings/profile")
    here.get_by_role("link", name="Manage sessions").click()
    expect(here.get_by_role("listitem")).to_have_count(2)
    axe(here)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_text("Signed out of all other sessions.")).to_be_visible()
    there.goto("/w/alder-pine/")
    expect(there).to_have_url(re.compile("/accounts/login/"))
    here.goto("/w/alder-pine/")
    expect(here).to_have_url(re.compile("/w/alder-pine/$"))

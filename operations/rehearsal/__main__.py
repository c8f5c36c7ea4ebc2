"""`python -m operations.rehearsal`: starts the platform, replays a programme, checks, reports, and keeps serving."""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console

from messaging.errors import SettingError
from operations import settings as operations_settings
from operations.errors import OperationsError
from operations.ledger import Ledger
from operations.local.configuration import Wishes
from operations.local.stack import Stack
from operations.local.undisturbed import end_as_by_ctrl_c
from operations.rehearsal.backlog import Backlog
from operations.rehearsal.closing import sign_in_link, summarise
from operations.rehearsal.faults import Faults
from operations.rehearsal.phases import Phases
from operations.rehearsal.play.mailbox import Mailbox
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.play.replay import Replay, Stage
from operations.rehearsal.play.setting_up import set_up
from operations.rehearsal.report import faults, print_report
from operations.rehearsal.settings import RehearsalSettings, prepare_environment, read_settings
from operations.rehearsal.view import view_for
from operations.rehearsal.world.everything import World, make_world

PREFIX = "frist_rehearsal"


class Rehearsal:
    """One rehearsal, from the first process to the report."""

    def __init__(self, settings: RehearsalSettings, console: Console) -> None:
        self._settings, self._console = settings, console
        self._folder = operations_settings.folder()
        self._phases = Phases()
        self._say: Callable[[str], None] = self._print

    def run(self) -> int:
        """Replay, report, and serve on if wished; the exit code: 0 when every rule holds."""
        with self._phases.phase("inventing"):
            world = make_world(
                self._settings.programmes_folder,
                self._settings.programme,
                self._settings.organisations,
                self._settings.seed,
            )
        wishes = Wishes(port=operations_settings.port(), clock="driven", prefix=PREFIX, fresh=True)
        stack = Stack(self._folder, wishes, say=self._say)
        with self._phases.phase("starting"):
            stack.start()
        try:
            code = self._replay(stack, world)
            if self._settings.stay:
                self._serve(stack)
            return code
        finally:
            stack.stop()

    def _replay(self, stack: Stack, world: World) -> int:
        platform = Platform(stack.public_url, stack.operator_key)
        dashboard = f"{stack.public_url}/reporting/"
        self._say(f"Watch it happen: {dashboard}    Mail and SMS: {stack.catcher_page}")
        self._say("Municipalities and postcodes are real; organisations, libraries and coaches are made up.")
        ledger = Ledger(stack.database_urls)
        faults_to_come = Faults(self._settings.kills, self._folder, self._say)
        stage = Stage(
            platform=platform,
            ledger=ledger,
            mailbox=Mailbox(self._folder / "caught", world.programme),
            faults=faults_to_come,
            phases=self._phases,
            backlog=Backlog(watched=self._console.is_terminal),
        )
        with self._phases.phase("setting up"):
            set_up(platform, world, ledger)
        with view_for(len(world.programme.days), dashboard, self._console) as view:
            self._say = view.say
            replay = Replay(stage, world)
            replay.play(view.day_done)
        self._say = self._print
        summary, breaches = summarise(
            self._settings,
            world,
            stack.database_urls,
            ledger,
            platform,
            replay.traces_of_erased,
            faults_to_come.killed,
            self._phases,
        )
        ledger.close()
        summary.write(self._folder / "demo" / "summary.json")
        print_report(self._console, summary, breaches)
        return 1 if faults(summary, breaches) else 0

    def _serve(self, stack: Stack) -> None:
        """Keep serving until somebody says enough."""
        platform = Platform(stack.public_url, stack.operator_key)
        self._say(f"The platform keeps serving. Dashboard: {stack.public_url}/reporting/")
        self._say(f"Sign in as a national operator (once, within ten minutes): {sign_in_link(platform)}")
        self._say("Another link: frist staff sign-in-link operator@rehearsal.example        Ctrl-C ends this.")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def main() -> int:
    """Run a rehearsal as the environment says."""
    console = Console()
    end_as_by_ctrl_c()
    try:
        prepare_environment()
        return Rehearsal(read_settings(), console).run()
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started is stopped.", highlight=False)
        return 130
    except (OperationsError, SettingError) as error:
        console.print(str(error), style="bold red", markup=False, highlight=False, soft_wrap=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())

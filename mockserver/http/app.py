"""The app of a simulated server: its layers, and what steers it below /_mock/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.admin import AdminLayer, AdminRules
from mockserver.admin.control import Control
from mockserver.admin.middleware import PREFIX, fault_routes
from mockserver.admin.page import Page
from mockserver.http.layers import KEY, LayeredApp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mockserver.core.simulated import SimulatedServer


class MockApp(LayeredApp):
    """The app of a simulated server, which can be steered while it runs.

    Args:
        webui: the simulated server.

    Attributes:
        admin_layer: what answers below /_mock/.
        control: what can be done to it while it runs.
        page: what it shows at /_mock/.
    """

    def __init__(self, webui: SimulatedServer) -> None:
        super().__init__(webui)
        self.admin_layer = AdminLayer(self.ending_layer, webui, AdminRules())
        self.fault_layer.may_steer = lambda environ: not self.admin_layer.refusal(environ)
        self.admin_layer.add("faults", fault_routes(self.faults))
        self.control = Control(self)
        self.page = Page(self)
        for name, handler in (*self.control.routes().items(), *self.page.routes().items()):
            self.admin_layer.add(name, handler)

    def become(self, other: LayeredApp) -> None:
        """Answer as another app from the next request on; journal and faults stay.

        Args:
            other: made for it, and not served itself.
        """
        super().become(other)
        self.admin_layer.answer_for(other.webui)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, and write it into the journal.

        Args:
            environ: as WSGI has it.
            start_response: likewise.
        """
        environ[KEY] = self.extensions[KEY]
        if environ.get("PATH_INFO", "").startswith(PREFIX):
            return self.admin_layer(environ, start_response)
        return self.ending_layer(environ, start_response)

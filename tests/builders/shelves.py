"""An invented spec with every sort of list that a diff compares, and names that look like paths."""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Parts
from reconciler.model import Each, Keyed, LocalOnly, Partial, Resource, Spec, Unordered

# Names with the characters of paths. Each but the first begins like the path of something in the one before it.
ODD_NAMES = ("a", "a].copies", "a].copies].b", "[", "].", "a.b")


class Place(Spec):
    """A key of two values."""

    room: str
    row: str


class Book(Spec):
    title: str
    copies: int = 1
    subjects: Annotated[Unordered[str], Each()] = ()
    note: str = ""


class Drawer(Spec):
    name: str
    label: str = ""
    books: Annotated[Unordered[Book], Each("title")] = ()
    renamed_from: Annotated[str | None, LocalOnly()] = None


class Stand(Spec):
    place: Place
    height: int = 0


class Size(Spec):
    wide: int = 0
    deep: int = 0


class Owner(Spec):
    first: str | None = None
    last: str | None = None


class Lamp(Spec):
    side: str
    watts: int | None = None


class Shelf(Resource):
    """Has keyed lists, lists by a field, a spec and the item itself, a map, and structures."""

    drawers: Annotated[tuple[Drawer, ...], Keyed()] = ()
    hidden_drawers: Annotated[tuple[Drawer, ...], Keyed()] = ()
    books: Annotated[Unordered[Book], Each("title")] = ()
    stands: Annotated[Unordered[Stand], Each("place")] = ()
    colours: Annotated[Unordered[str], Each()] = ()
    labels: dict[str, str] = {}  # noqa: RUF012 (pydantic copies it)
    size: Size = Size()
    owner: Annotated[Owner, Partial()] = Owner()
    lamps: Annotated[Unordered[Lamp], Keyed("side")] = ()
    shelf_marks: tuple[str, ...] = ()


class ShelfKind(Kind[Shelf]):
    """A kind whose parts have a name of two words."""

    spec = Shelf
    service = CONNECT
    identity = Identity("ShelfId")
    reading = Reading(search=Listing("SearchShelves", "Shelves"))
    writing = Writing(create="CreateShelf", delete="DeleteShelf")
    parts = Parts(
        field="hidden_drawers",
        listing=Listing("ListDrawers", "Drawers"),
        create="CreateDrawer",
        update="UpdateDrawer",
        delete="DeleteDrawer",
        id_param="DrawerName",
    )


def shelf(**fields: Any) -> Shelf:
    return Shelf.model_validate({"name": "S", **fields})


def books(*titles: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"title": title, **fields} for title in titles]


def drawers(*names: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"name": name, **fields} for name in names]

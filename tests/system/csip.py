# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks an E-ARK information package by what CSIP 2.2, its SIP and DIP profiles, METS and PREMIS 3.0 demand, written from those
texts: numbers in messages are those of the requirements. Nothing of ours is asked."""
import hashlib
import re
import subprocess
import xml.etree.ElementTree as tree
from pathlib import Path

METS, XLINK, PREMIS = "{http://www.loc.gov/METS/}", "{http://www.w3.org/1999/xlink}", "{http://www.loc.gov/premis/v3}"
CSIP = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
SCHEMAS = Path(__file__).resolve().parent / "schemas"


class Wrong(AssertionError):
    """The package is not what it says."""


def need(true, what):
    if not true:
        raise Wrong(what)


def check_schema(name, *documents):
    """By xmllint, so that no reader of ours decides what may stand where."""
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--relaxng", str(SCHEMAS / name), *map(str, documents)],
                          capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"{name}: {done.stderr[-2000:]}")


def check_reference(folder, node, place, seen, number):
    """Size, digest, media type and place of one file: an mdRef or a file with its FLocat."""
    need(place.get("LOCTYPE") == "URL", f"{number}: LOCTYPE")
    need(place.get(XLINK + "type") == "simple", f"{number}: xlink:type")
    href = place.get(XLINK + "href")
    need(href and not href.startswith("/") and ".." not in href.split("/"), f"{number}: href {href}")
    octets = (folder / href).read_bytes()
    need(node.get("SIZE") == str(len(octets)), f"{number}: SIZE of {href}")
    need(node.get("CHECKSUMTYPE") == "SHA-256", f"{number}: CHECKSUMTYPE of {href}")
    need(node.get("CHECKSUM", "").lower() == hashlib.sha256(octets).hexdigest(), f"{number}: CHECKSUM of {href}")
    need(re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", node.get("MIMETYPE", "")), f"{number}: MIMETYPE of {href}")
    need(TIME.fullmatch(node.get("CREATED", "")), f"{number}: CREATED of {href}")
    need(href not in seen, f"{number}: {href} twice")
    seen.add(href)
    return href


def check_metadata(folder, node, kinds, seen, number):
    need(TIME.fullmatch(node.get("CREATED", "")), f"{number}: CREATED")
    need(node.get("STATUS") == "CURRENT", f"{number}: STATUS")
    references = node.findall(METS + "mdRef")
    need(len(references) == 1, f"{number}: one mdRef")
    kind = references[0].get("MDTYPE")
    need(kind in kinds, f"{number}: MDTYPE {kind}")
    need(kind != "OTHER" or references[0].get("OTHERMDTYPE"), f"{number}: OTHERMDTYPE")
    href = check_reference(folder, references[0], references[0], seen, number)
    if kind == "PREMIS":
        check_premis(tree.parse(folder / href).getroot())
    elif href.endswith(".xml"):
        root = tree.parse(folder / href).getroot()
        need(root.tag in {"{urn:vanthu:export:1}" + one for one in ("Card", "File", "Fonds", "Tombstone")}, f"{href}: {root.tag}")
        need(root[0].tag == "{urn:vanthu:export:1}CardFormat", f"{href}: CardFormat goes first")


def check_premis(root):
    """PREMIS 3.0: objects, events, agents in this order; every link leads to one that is there."""
    need(root.tag == PREMIS + "premis" and root.get("version") == "3.0", "premis: root")
    order = [child.tag.removeprefix(PREMIS) for child in root]
    need(order == sorted(order, key=("object", "event", "agent").index) and "object" in order, f"premis: order {order}")
    ids = {what: [node.findtext(f"{PREMIS}{what}Identifier/{PREMIS}{what}IdentifierValue") for node in root.findall(PREMIS + what)]
           for what in ("object", "event", "agent")}
    for what, all_of in ids.items():
        need(all(all_of) and len(set(all_of)) == len(all_of), f"premis: {what} identifiers {all_of}")
    for node in root.findall(PREMIS + "object"):
        kind = node.get(XSI + "type")
        need(kind in ("premis:file", "premis:representation", "premis:intellectualEntity"), f"premis: object {kind}")
        if kind == "premis:file":
            traits = node.find(PREMIS + "objectCharacteristics")
            need([child.tag.removeprefix(PREMIS) for child in traits] == ["fixity", "size", "format"], "premis: objectCharacteristics")
            need(re.fullmatch(r"[0-9a-f]{64}", traits.findtext(f"{PREMIS}fixity/{PREMIS}messageDigest")), "premis: messageDigest")
    for node in root.findall(PREMIS + "event"):
        need(TIME.fullmatch(node.findtext(PREMIS + "eventDateTime")), "premis: eventDateTime")
        need(node.findtext(PREMIS + "eventType"), "premis: eventType")
        need(node.findall(PREMIS + "linkingAgentIdentifier"), "premis: an event without an agent")
        for what in ("Agent", "Object"):
            for link in node.findall(f"{PREMIS}linking{what}Identifier"):
                value = link.findtext(f"{PREMIS}linking{what}IdentifierValue")
                need(value in ids[what.lower()], f"premis: no {what} {value}")


def premis_types(path):
    """The types of a PREMIS document's events, in their order."""
    return [node.text for node in tree.parse(path).getroot().iter(PREMIS + "eventType")]


def check_mets(folder, identifier, kind, groups):
    """One METS.xml and every file that it names; the names, and the representations that it points to."""
    check_schema("mets.rng", folder / "METS.xml")
    root = tree.parse(folder / "METS.xml").getroot()
    need(root.tag == METS + "mets", "METS.xml: root")
    need(root.get("OBJID") == identifier, f"CSIP1: OBJID {root.get('OBJID')}")
    need(root.get("TYPE") == "OTHER" and root.get(CSIP + "OTHERTYPE"), "CSIP2, CSIP3: TYPE")
    need(root.get(CSIP + "CONTENTINFORMATIONTYPE") == "OTHER" and root.get(CSIP + "OTHERCONTENTINFORMATIONTYPE"), "CSIP4, CSIP5")
    need(root.get("PROFILE") == {"SIP": "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
                                 "DIP": "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml"}[kind], "CSIP6, SIP2: PROFILE")
    order = [child.tag.removeprefix(METS) for child in root]
    need(order == sorted(order, key=("metsHdr", "dmdSec", "amdSec", "fileSec", "structMap").index), f"METS.xml: order {order}")
    ids = [node.get("ID") for node in root.iter() if node.get("ID")]
    need(len(set(ids)) == len(ids) and all(map(NCNAME.fullmatch, ids)), "METS.xml: ids")

    head = root.find(METS + "metsHdr")
    need(TIME.fullmatch(head.get("CREATEDATE")) and TIME.fullmatch(head.get("LASTMODDATE")), "CSIP7, CSIP8: dates")
    need(head.get(CSIP + "OAISPACKAGETYPE") == kind, "CSIP9: OAISPACKAGETYPE")
    agents = head.findall(METS + "agent")
    need(any((agent.get("ROLE"), agent.get("TYPE"), agent.get("OTHERTYPE")) == ("CREATOR", "OTHER", "SOFTWARE")
             and agent.findtext(METS + "name") and agent.find(METS + "note").get(CSIP + "NOTETYPE") == "SOFTWARE VERSION"
             and agent.findtext(METS + "note") for agent in agents), "CSIP10 to CSIP16: the program")
    need(any((agent.get("ROLE"), agent.get("TYPE")) == ("CREATOR", "ORGANIZATION") and agent.findtext(METS + "name")
             for agent in agents), "SIP15 to SIP18: who submits")

    seen = set()
    for node in root.findall(METS + "dmdSec"):
        check_metadata(folder, node, ("OTHER",), seen, "CSIP17 to CSIP30")
    for node in root.findall(f"{METS}amdSec/{METS}digiprovMD"):
        check_metadata(folder, node, ("PREMIS", "OTHER"), seen, "CSIP32 to CSIP44")
    sections = root.findall(METS + "fileSec")
    need(len(sections) == bool(groups) and all(section.get("ID") for section in sections), "CSIP58, CSIP59: fileSec")
    found = {}
    for group in root.findall(f"{METS}fileSec/{METS}fileGrp"):
        need(group.get("ID") and group.get("USE"), "CSIP64, CSIP65: fileGrp")
        found[group.get("USE")] = group
        need(group.findall(METS + "file"), f"CSIP66: no file in {group.get('USE')}")
        for file in group.findall(METS + "file"):
            need(file.get("ID"), "CSIP67: ID")
            places = file.findall(METS + "FLocat")
            need(len(places) == 1, "CSIP76: FLocat")
            check_reference(folder, file, places[0], seen, "CSIP68 to CSIP79")
    need(list(found) == list(groups), f"CSIP60, CSIP113, CSIP114: {list(found)}")

    maps = root.findall(METS + "structMap")
    need(len(maps) == 1 and (maps[0].get("TYPE"), maps[0].get("LABEL")) == ("PHYSICAL", "CSIP") and maps[0].get("ID"),
         "CSIP80 to CSIP83: structMap")
    top = maps[0].findall(METS + "div")
    need(len(top) == 1 and top[0].get("ID") and top[0].get("LABEL") == identifier, "CSIP84 to CSIP86: div")
    divisions = {div.get("LABEL"): div for div in top[0].findall(METS + "div")}
    need(all(div.get("ID") for div in divisions.values()), "CSIP89, CSIP94, CSIP98, CSIP106: ids")
    need(set(divisions) == {"Metadata", *groups}, f"CSIP88, CSIP93, CSIP97, CSIP105: {list(divisions)}")
    need(divisions["Metadata"].get("DMDID", "").split() == [node.get("ID") for node in root.findall(METS + "dmdSec")], "CSIP92")
    need(divisions["Metadata"].get("ADMID", "").split() ==
         [node.get("ID") for node in root.findall(f"{METS}amdSec/{METS}digiprovMD")], "CSIP91")
    representations = []
    for use, group in found.items():
        if not use.startswith("Representations/"):
            need([one.get("FILEID") for one in divisions[use].findall(METS + "fptr")] == [group.get("ID")], f"CSIP116, CSIP118: {use}")
            continue
        pointers = divisions[use].findall(METS + "mptr")
        need(len(pointers) == 1, "CSIP109: mptr")
        need((pointers[0].get("LOCTYPE"), pointers[0].get(XLINK + "type"), pointers[0].get(XLINK + "title")) ==
             ("URL", "simple", group.get("ID")), "CSIP108, CSIP111, CSIP112: mptr")
        need(pointers[0].get(XLINK + "href") == f"representations/{use.removeprefix('Representations/')}/METS.xml", "CSIP110: href")
        representations.append(use.removeprefix("Representations/"))
    return seen, representations


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def check_package(folder, kind, letters=True):
    """Raises Wrong. Nothing lies in the package that no METS names. Without letters: no record in it is there any more."""
    for place in ("METS.xml", "metadata/descriptive", "metadata/preservation", "representations/rep1", "schemas", "documentation"):
        need((folder / place).exists(), f"CSIPSTR: {place}")
    need((folder / "representations/rep1/data").exists() == letters, "CSIPSTR11: data")
    check_schema("premis.rng", *folder.rglob("metadata/preservation/*.xml"))
    named, representations = check_mets(folder, folder.name, kind, ("Documentation", "Schemas", "Representations/rep1"))
    need(representations == ["rep1"], f"representations {representations}")
    inner, none = check_mets(folder / "representations/rep1", "rep1", kind, ("Data",) if letters else ())
    need(not none, "a representation within a representation")
    all_named = {"METS.xml", *named, *("representations/rep1/" + name for name in inner)}
    need(all_named == files_below(folder), f"not named: {files_below(folder) ^ all_named}")

"""Every text that a service takes as JSON is looked through, whoever adds the next: the list is the service's own document."""

import json

import pytest

from messaging.storable import REMEDY
from operations.services import SERVICES
from tests.support.apps import app_of
from web.keys import hash_key

KEY = "frist_00000000_an-operators-key-for-tests"
ID = "01a21e77-8c04-789e-9d51-3869c55fd499"
WRITES = ("post", "put", "patch")


@pytest.fixture(scope="module", params=SERVICES)
def app(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRIST_OPERATOR_KEY_HASH", hash_key(KEY).hex())
        patch.setenv("FRIST_OPEN_POSTS_PER_MINUTE", "0")
        yield app_of(request.param, patch)


def written(document):
    """The address, method and schema of everything that takes JSON."""
    for path, resource in document["paths"].items():
        for method, operation in resource.items():
            body = operation.get("requestBody", {}) if method in WRITES else {}
            schema = body.get("content", {}).get("application/json", {}).get("schema")
            if schema:
                yield path, method, schema


def texts(schema, document):
    """Each text in a body, as its path and a body that holds a given text there and nothing else."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("readOnly"):
        return
    if "string" in schema.get("type", ()):
        yield (), lambda text: text
    for name, inner in schema.get("properties", {}).items():
        yield from nested(name, inner, document, lambda name, value: {name: value})
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from texts(choice, document)
    if "items" in schema:
        yield from nested("0", schema["items"], document, lambda _, value: [value])
    if isinstance(schema.get("additionalProperties"), dict):
        yield (), lambda text: {text: None}
        yield from nested("a", schema["additionalProperties"], document, lambda name, value: {name: value})


def nested(name, inner, document, put):
    for path, body in texts(inner, document):
        yield (name, *path), lambda text, body=body: put(name, body(text))


def documented(app):
    return app.test_client().get(f"/{app.config['FRIST_NAME']}/api/openapi.json").get_json()


def filled(path):
    return "/".join(ID if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "half a surrogate pair"])
def test_every_text_that_cannot_be_kept_is_refused_with_its_field(app, text):
    client, document = app.test_client(), documented(app)

    for path, method, schema in written(document):
        for field, body in texts(schema, document):
            answer = client.open(
                filled(path),
                method=method,
                data=json.dumps(body(text)),
                content_type="application/json",
                headers={"Authorization": f"Bearer {KEY}"},
            )

            assert answer.status_code == 422, (path, field)
            assert answer.get_json()["errors"] == [{"field": ".".join(field), "message": REMEDY}], (path, field)


FEWEST_TEXTS = {"registration": 20, "scheduling": 15, "notifications": 2, "reporting": 2}


def test_the_documents_hold_the_texts_that_are_known_of(app):
    document = documented(app)

    found = {(path, field) for path, _, schema in written(document) for field, _ in texts(schema, document)}

    assert len(found) >= FEWEST_TEXTS[app.config["FRIST_NAME"]]

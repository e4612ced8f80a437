//! Bodies as UKG declares them.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

/// A JSON body with that status.
pub fn json_body(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = (status, Body::from(body)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// 200 with that value.
pub fn ok(value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("rows have text keys and plain values");
    json_body(StatusCode::OK, body)
}

/// A refusal in the shape that the older services declare. Recorded real ones were not found.
pub fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "title": status.canonical_reason().unwrap_or("Error"),
        "type": format!("https://httpstatuses.io/{}", status.as_u16()),
        "detail": detail,
        "code": status.as_u16(),
        "message": detail,
        "errorCount": 1,
    });
    json_body(status, body.to_string().into_bytes())
}

/// 400 about one parameter, with the model state that ASP.NET gives.
pub fn bad_parameter(name: &str, value: &str) -> Response {
    let detail = format!("The value '{value}' is not valid for {name}.");
    let body = json!({
        "title": "Bad Request",
        "detail": "The request is invalid.",
        "code": 400,
        "message": "The request is invalid.",
        "errorCount": 1,
        "errors": {"modelstate": {name: [detail]}},
    });
    json_body(StatusCode::BAD_REQUEST, body.to_string().into_bytes())
}

/// A refusal of the newer services, declared as an empty object.
pub fn empty(status: StatusCode) -> Response {
    json_body(status, b"{}".to_vec())
}

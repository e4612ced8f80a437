//! What can go wrong with one call, and how it looks to the caller.

use std::{convert::Infallible, fmt, io, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};

use super::gate::Gate;
use crate::fuse::Side;

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// This status and JSON body instead of the answer; the request has no effect.
    Answer(u16, String),
    /// The request has its effect, then this status and body are answered.
    AnswerAfter(u16, String),
    /// A web page with this status instead of the answer; the request has no effect.
    ErrorPage(u16),
    /// The connection drops before the request has its effect.
    DropBefore,
    /// The request has its effect, then the connection drops without an answer.
    DropAfter,
    /// There is never an answer; the request has no effect.
    SilenceBefore,
    /// The request has its effect, and there is never an answer.
    SilenceAfter,
    /// The answer comes after this delay.
    Delay(Duration),
    /// The real answer in ten pieces, with this pause before each.
    Drip(Duration),
    /// The first `n` bytes of the real body, and then nothing more, for good.
    Stall(usize),
    /// The real answer's head, and a body that never ends.
    Endless,
    /// Only the first `n` bytes of the real body, under its full content length or none.
    Truncate(usize),
    /// The real status, with an HTML page for a body.
    Html,
    /// The real answer with this header in the place of its own: a name in lower case, a value.
    Header(&'static str, String),
    /// A redirect to this address; the request has no effect.
    Redirect(String),
    /// The server gives pages of this many records, whatever was asked for.
    Pages(usize),
    /// The server gives the first page, of this many records, whichever was asked for.
    FirstPage(usize),
    /// The real answer with another body.
    Rewrite(Rewrite),
    /// Somebody does something just before the request is answered as ever.
    Meanwhile(Deed),
    /// The request waits at a gate.
    Gate(Gate),
}

/// What somebody does at the moment of a call.
#[derive(Clone)]
pub struct Deed(Arc<dyn Fn() + Send + Sync>);

impl Deed {
    /// What is done.
    pub fn new(deed: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(deed))
    }
}

impl fmt::Debug for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deed")
    }
}

/// How a body is changed.
#[derive(Clone)]
pub struct Rewrite(Arc<FromBody>);

type FromBody = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

impl Rewrite {
    /// From the real body to the one that is sent.
    pub fn new(rewrite: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self(Arc::new(rewrite))
    }
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rewrite")
    }
}

impl Effect {
    /// Whether the caller is to wait in vain.
    pub(super) fn is_silence(&self) -> bool {
        matches!(self, Self::SilenceBefore | Self::SilenceAfter)
    }

    /// Lets it happen to a request. The status is the one that the caller saw; 0 for none.
    pub(super) async fn suffer(self, request: Request, next: Next) -> (Response, u16) {
        match self {
            Self::Answer(status, body) => (json(status, body), status),
            Self::AnswerAfter(status, body) => {
                next.run(request).await;
                (json(status, body), status)
            }
            Self::ErrorPage(status) => (error_page(status), status),
            Self::DropBefore => (dropped(), 0),
            Self::DropAfter => {
                next.run(request).await;
                (dropped(), 0)
            }
            Self::SilenceBefore => (Response::default(), 0),
            Self::SilenceAfter => {
                next.run(request).await;
                (Response::default(), 0)
            }
            Self::Delay(by) => {
                tokio::time::sleep(by).await;
                seen(next.run(request).await)
            }
            Self::Drip(pause) => {
                with_body(next.run(request).await, |whole| dripping(whole, pause)).await
            }
            Self::Stall(bytes) => {
                let first = |whole: Bytes| {
                    let part = whole.slice(..bytes.min(whole.len()));
                    Body::from_stream(
                        stream::iter([Ok::<_, Infallible>(part)]).chain(stream::pending()),
                    )
                };
                with_body(next.run(request).await, first).await
            }
            Self::Endless => {
                let blanks = || Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16_384]));
                let endless = |_| Body::from_stream(stream::repeat_with(blanks));
                with_body(next.run(request).await, endless).await
            }
            Self::Truncate(bytes) => {
                let cut = |whole: Bytes| Body::from(whole.slice(..bytes.min(whole.len())));
                with_body(next.run(request).await, cut).await
            }
            Self::Rewrite(Rewrite(rewrite)) => {
                with_body(next.run(request).await, |whole| Body::from(rewrite(&whole))).await
            }
            Self::Html => {
                let (mut response, status) =
                    with_body(next.run(request).await, |_| Body::from(PAGE)).await;
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
                (response, status)
            }
            Self::Header(name, value) => {
                let mut response = next.run(request).await;
                let value = HeaderValue::from_str(&value).expect("faults use plain headers");
                response.headers_mut().insert(name, value);
                seen(response)
            }
            Self::Redirect(to) => {
                let status = StatusCode::TEMPORARY_REDIRECT;
                ((status, [(header::LOCATION, to)]).into_response(), status.as_u16())
            }
            Self::Pages(size) => seen(next.run(with_pages_of(size, request)).await),
            Self::FirstPage(size) => {
                seen(next.run(with_first_page(with_pages_of(size, request))).await)
            }
            Self::Meanwhile(Deed(deed)) => {
                deed();
                seen(next.run(request).await)
            }
            Self::Gate(gate) => {
                gate.pass(Side::Before).await;
                let response = next.run(request).await;
                gate.pass(Side::After).await;
                seen(response)
            }
        }
    }
}

const PAGE: &str = "<!doctype html><title>Sign in</title><h1>Sign in</h1>";
const HTML: &str = "text/html; charset=utf-8";

fn seen(response: Response) -> (Response, u16) {
    let status = response.status().as_u16();
    (response, status)
}

/// The response with another body, made from the whole of its own.
async fn with_body(response: Response, make: impl FnOnce(Bytes) -> Body) -> (Response, u16) {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    seen(Response::from_parts(parts, make(whole)))
}

fn json(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("faults name real HTTP statuses");
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn error_page(status: u16) -> Response {
    let status = StatusCode::from_u16(status).expect("faults name real HTTP statuses");
    (status, [(header::CONTENT_TYPE, HTML)], PAGE).into_response()
}

fn dripping(whole: Bytes, pause: Duration) -> Body {
    let piece = whole.len().div_ceil(10).max(1);
    let pieces: Vec<Bytes> = whole.chunks(piece).map(Bytes::copy_from_slice).collect();
    Body::from_stream(stream::iter(pieces).then(move |it| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(it)
    }))
}

/// The request as if it had asked for pages of this size, in either vendor's words.
fn with_pages_of(size: usize, request: Request) -> Request {
    with_query(request, |name, value| {
        let is_size = name == "limit" || name.eq_ignore_ascii_case("per_page");
        Some(if is_size { size.to_string() } else { value })
    })
}

/// The request as if it had asked for the first page, in either vendor's words.
fn with_first_page(request: Request) -> Request {
    with_query(request, |name, value| match name {
        "after" => None,
        "page" => Some("1".to_owned()),
        _ => Some(value),
    })
}

fn with_query(mut request: Request, change: impl Fn(&str, String) -> Option<String>) -> Request {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let asked = request.uri().query().unwrap_or_default();
    for (name, value) in url::form_urlencoded::parse(asked.as_bytes()) {
        if let Some(value) = change(&name, value.into_owned()) {
            query.append_pair(&name, &value);
        }
    }
    let target = format!("{}?{}", request.uri().path(), query.finish());
    *request.uri_mut() = target.parse::<Uri>().expect("a query that was one is one");
    request
}

/// An answer whose body fails at once: the server closes the connection, the client sees it break
/// off.
fn dropped() -> Response {
    let broken: io::Result<Bytes> = Err(io::ErrorKind::ConnectionReset.into());
    let mut response = Response::new(Body::from_stream(stream::iter([broken])));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("64"));
    response
}

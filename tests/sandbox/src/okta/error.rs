//! Okta's error bodies: five fields, always.

/// A refusal, as Okta words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// `E0000001` and its relatives; for DPoP refusals the OAuth word.
    pub code: &'static str,
    /// The text with its blanks filled in.
    pub summary: String,
    /// What exactly was wrong, one line per cause.
    pub causes: Vec<String>,
}

impl Problem {
    /// Any refusal of the catalogue.
    pub fn new(status: u16, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), causes: Vec::new() }
    }

    /// The same refusal with one more cause.
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// 400: something in the request is not acceptable.
    pub fn invalid(what: &str, cause: impl Into<String>) -> Self {
        Self::new(400, "E0000001", format!("Api validation failed: {what}")).because(cause)
    }

    /// 404: there is no such thing.
    pub fn not_found(id: &str, kind: &str) -> Self {
        let summary = format!("Not found: Resource not found: {id} ({kind})");
        Self::new(404, "E0000007", summary)
    }

    /// 403: the caller may not do this, or not to this.
    pub fn forbidden() -> Self {
        let summary = "You do not have permission to perform the requested action";
        Self::new(403, "E0000006", summary)
    }

    /// 403: the user's status does not allow it.
    pub fn wrong_status() -> Self {
        let summary = "This operation is not allowed in the user's current status.";
        Self::new(403, "E0000038", summary)
    }

    /// 400: the search expression does not parse or names what cannot be searched.
    pub fn bad_search() -> Self {
        Self::new(400, "E0000031", "Invalid search criteria.")
    }

    /// 400: the page size or cursor makes no sense.
    pub fn bad_page() -> Self {
        Self::new(400, "E0000029", "Invalid paging request.")
    }

    /// 400: the body is not what the endpoint takes.
    pub fn bad_body() -> Self {
        Self::new(400, "E0000003", "The request body was not well-formed.")
    }
}

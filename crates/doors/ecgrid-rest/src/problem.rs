//! Every refusal of this door: HTTP status, error code and message. Contract: ecgrid-rest 2.2, 4.
//!
//! Deliberately not here: what the gate refuses, which `refusal.rs` words.

use std::borrow::Cow;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use passgate_door_http::{BodyError, retry_after};

use crate::envelope;

/// The documented error codes. Contract: ecgrid-rest 2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    InvalidApiKey,
    InvalidSession,
    AccessDenied,
    ObjectNotFound,
    InvalidParameter,
    DuplicateObject,
    RateLimitExceeded,
    InternalError,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::InvalidApiKey => "InvalidAPIKey",
            Self::InvalidSession => "InvalidSession",
            Self::AccessDenied => "AccessDenied",
            Self::ObjectNotFound => "ObjectNotFound",
            Self::InvalidParameter => "InvalidParameter",
            Self::DuplicateObject => "DuplicateObject",
            Self::RateLimitExceeded => "RateLimitExceeded",
            Self::InternalError => "InternalError",
        }
    }
}

/// One refusal, ready to be answered.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: Code,
    message: Cow<'static, str>,
    word: &'static str,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    fn new(status: StatusCode, code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), word: "invalid-parameter", header: None }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    fn recorded_as(mut self, word: &'static str) -> Self {
        self.word = word;
        self
    }

    /// The stable word under which the audit event of the refusal is kept.
    pub(crate) fn word(&self) -> &'static str {
        self.word
    }

    /// 400: a parameter breaks a rule that its message names.
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidParameter, message)
    }

    pub(crate) fn not_an_object() -> Self {
        Self::invalid("The request body is not a JSON object.").recorded_as("body-unreadable")
    }

    pub(crate) fn named_twice() -> Self {
        Self::invalid("The request body names a property twice.").recorded_as("property-twice")
    }

    pub(crate) fn unknown_property() -> Self {
        Self::invalid("The request body has an unknown property.").recorded_as("unknown-property")
    }

    pub(crate) fn required(name: &str) -> Self {
        Self::invalid(format!("{name} is required."))
    }

    pub(crate) fn not_an_integer(name: &str) -> Self {
        Self::invalid(format!("{name} must be an integer."))
    }

    pub(crate) fn not_a_string(name: &str) -> Self {
        Self::invalid(format!("{name} must be a string."))
    }

    pub(crate) fn not_valid(name: &str) -> Self {
        Self::invalid(format!("{name} is not valid."))
    }

    pub(crate) fn two_ids() -> Self {
        Self::invalid("userId differs from the id in the path.")
    }

    pub(crate) fn two_credentials() -> Self {
        Self::invalid("Send one credential only.").recorded_as("two-credentials")
    }

    pub(crate) fn no_credential() -> Self {
        Self::unauthorized(Code::InvalidApiKey, "An API key is required.").recorded_as("no-credential")
    }

    pub(crate) fn bad_key() -> Self {
        Self::unauthorized(Code::InvalidApiKey, "The API key is not valid.").recorded_as("unidentified")
    }

    pub(crate) fn bad_session() -> Self {
        Self::unauthorized(Code::InvalidSession, "The session is not valid.").recorded_as("unidentified")
    }

    /// One wording for every reason. Contract: ecgrid-rest 3 #20.
    pub(crate) fn login_failed() -> Self {
        Self::unauthorized(Code::InvalidSession, "Login failed.")
    }

    fn unauthorized(code: Code, message: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
            .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub(crate) fn denied(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, Code::AccessDenied, message)
    }

    pub(crate) fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::ObjectNotFound, message)
    }

    pub(crate) fn no_such_endpoint() -> Self {
        Self::not_found("No such endpoint.").recorded_as("unknown-endpoint")
    }

    /// 405 with the methods that the path takes.
    pub(crate) fn wrong_method(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::InvalidParameter, "Method not allowed.")
            .with(header::ALLOW, HeaderValue::from_static(allow))
            .recorded_as("wrong-method")
    }

    pub(crate) fn not_json() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::InvalidParameter, "Content-Type must be application/json.")
            .recorded_as("content-type")
    }

    pub(crate) fn duplicate(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::DuplicateObject, message)
    }

    pub(crate) fn too_many_requests(wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimitExceeded, "Too many requests.")
            .with(header::RETRY_AFTER, retry_after(wait))
    }

    pub(crate) fn unavailable(wait: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::InternalError, "The service is temporarily unavailable.")
            .with(header::RETRY_AFTER, retry_after(wait))
    }

    /// Our fault; the cause is in the log, under the id that the answer carries. R113.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::InternalError, "An unexpected error occurred.")
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, Code::InvalidParameter, "The request body is too large.")
                    .recorded_as("body-too-large")
            }
            BodyError::Encoded => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::InvalidParameter,
                "Content-Encoding is not supported.",
            )
            .recorded_as("content-encoding"),
            BodyError::Incomplete => Self::not_an_object(),
            BodyError::TooSlow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, Code::InvalidParameter, "The request body took too long.")
                    .recorded_as("body-too-slow")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = envelope::failure(self.status, self.code.name(), &self.message);
        if let Some((name, value)) = self.header {
            answer.headers_mut().insert(name, value);
        }
        answer
    }
}

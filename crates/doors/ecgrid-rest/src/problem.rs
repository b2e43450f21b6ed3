//! Every refusal of this door: HTTP status, error code and message. Contract: ecgrid-rest 2.2, 4.
//!
//! Start with [`Problem`]; the gate's errors are mapped at the end, each once.

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
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    fn new(status: StatusCode, code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            header: None,
        }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// 400: a parameter breaks a rule that its message names.
    pub(crate) fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidParameter, message)
    }

    pub(crate) fn not_an_object() -> Self {
        Self::invalid("The request body is not a JSON object.")
    }

    pub(crate) fn named_twice() -> Self {
        Self::invalid("The request body names a property twice.")
    }

    pub(crate) fn unknown_property() -> Self {
        Self::invalid("The request body has an unknown property.")
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

    pub(crate) fn two_credentials() -> Self {
        Self::invalid("Send one credential only.")
    }

    pub(crate) fn no_credential() -> Self {
        Self::unauthorized(Code::InvalidApiKey, "An API key is required.")
    }

    pub(crate) fn bad_key() -> Self {
        Self::unauthorized(Code::InvalidApiKey, "The API key is not valid.")
    }

    pub(crate) fn bad_session() -> Self {
        Self::unauthorized(Code::InvalidSession, "The session is not valid.")
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
        Self::not_found("No such endpoint.")
    }

    /// 405; the router adds `Allow`.
    pub(crate) fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::InvalidParameter,
            "Method not allowed.",
        )
    }

    pub(crate) fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::InvalidParameter,
            "Content-Type must be application/json.",
        )
    }

    pub(crate) fn duplicate(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::DuplicateObject, message)
    }

    pub(crate) fn too_many_requests(wait: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            Code::RateLimitExceeded,
            "Too many requests.",
        )
        .with(header::RETRY_AFTER, retry_after(wait))
    }

    pub(crate) fn unavailable(wait: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::InternalError,
            "The service is temporarily unavailable.",
        )
        .with(header::RETRY_AFTER, retry_after(wait))
    }

    /// Our fault; the cause is in the log, under the id that the answer carries. R113.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::InternalError,
            "An unexpected error occurred.",
        )
    }

    #[cfg(test)]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                Code::InvalidParameter,
                "The request body is too large.",
            ),
            BodyError::Encoded => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Code::InvalidParameter,
                "Content-Encoding is not supported.",
            ),
            BodyError::Incomplete => Self::not_an_object(),
            BodyError::TooSlow => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                Code::InvalidParameter,
                "The request body took too long.",
            ),
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

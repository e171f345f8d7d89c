//! How a broker says no, and how it breaks its word.

/// Why the broker refused a session (MQTT 3.1.1 §3.2.2.3, table 3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ConnectRefusal {
    /// 4: the user name or password is malformed or wrong.
    BadCredentials,
    /// 2: the client identifier is not allowed.
    IdentifierRejected,
    /// 5: the client may not connect.
    NotAuthorized,
    /// 1: the broker does not speak this protocol version.
    ProtocolVersion,
    /// 3: the broker is not available.
    ServerUnavailable,
}

impl ConnectRefusal {
    /// Returns the reason in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadCredentials => "bad user name or password",
            Self::IdentifierRejected => "client identifier rejected",
            Self::NotAuthorized => "not authorized",
            Self::ProtocolVersion => "protocol version not spoken",
            Self::ServerUnavailable => "server unavailable",
        }
    }
}

/// How the broker broke the protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ProtocolError {
    /// A packet's fields do not fit its length, or hold illegal values.
    Malformed,
    /// The broker did not answer in time.
    NoAnswer,
    /// A packet of this type may not come here or now.
    Unexpected,
}

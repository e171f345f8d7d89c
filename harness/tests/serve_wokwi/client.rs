//! A client of the simulation API that can also misbehave.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// No message takes longer, on the slowest of machines.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) hello: Value,
    /// What the console printed and nobody asked for yet.
    pub(crate) serial: String,
    events: VecDeque<Value>,
    next: u64,
    socket: WebSocketStream<TcpStream>,
}

/// A response that is an error.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: u64,
    pub(crate) message: String,
}

impl Client {
    /// Connects; the error is the status with which the server refuses.
    pub(crate) async fn connect(
        address: SocketAddr,
        token: Option<&str>,
    ) -> Result<Self, Option<u16>> {
        Self::connect_from(address, token, None).await
    }

    /// Connects as a browser does, on behalf of a page from somewhere.
    pub(crate) async fn connect_from(
        address: SocketAddr,
        token: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, Option<u16>> {
        let stream = TcpStream::connect(address).await.expect("the door is open");
        let request = format!("ws://{address}/").into_client_request();
        let mut request = request.expect("it is an address");
        if let Some(token) = token {
            let value = format!("Bearer {token}").parse().expect("it is printable");
            request.headers_mut().insert("Authorization", value);
        }
        if let Some(origin) = origin {
            let value = origin.parse().expect("it is printable");
            request.headers_mut().insert("Origin", value);
        }
        let connected = timeout(PATIENCE, client_async(request, stream))
            .await
            .expect("the server answers in time");
        let (socket, _) = connected.map_err(|error| {
            if let Error::Http(response) = error {
                Some(response.status().as_u16())
            } else {
                None
            }
        })?;
        let mut client = Self {
            hello: Value::Null,
            serial: String::new(),
            events: VecDeque::new(),
            next: 0,
            socket,
        };
        client.hello = client.message().await;
        Ok(client)
    }

    /// Sends a command, and returns its result.
    pub(crate) async fn ask(&mut self, name: &str, params: Value) -> Value {
        let id = self.send(name, params).await;
        let response = self.response(&id).await;
        assert_eq!(response["error"], false, "{response}");
        response["result"].clone()
    }

    /// Sends a command that is refused.
    pub(crate) async fn refused(&mut self, name: &str, params: Value) -> Refused {
        let id = self.send(name, params).await;
        let response = self.response(&id).await;
        assert_eq!(response["error"], true, "{response}");
        Refused {
            code: response["result"]["code"].as_u64().expect("a number"),
            message: response["result"]["message"]
                .as_str()
                .expect("a text")
                .to_owned(),
        }
    }

    pub(crate) async fn upload(&mut self, name: &str, text: &str) {
        self.ask("file:upload", json!({ "name": name, "text": text }))
            .await;
    }

    pub(crate) async fn add_time(&mut self, id: &str, kind: &str, nanos: u64) {
        let point = json!({ "id": id, "type": kind, "nanos": nanos });
        self.ask("pause-point:add", point).await;
    }

    /// Adds a point and resumes without waiting in between, as wokwi-cli does; returns the pause.
    pub(crate) async fn wait_serial(&mut self, id: &str, text: &str) -> Value {
        let point = json!({ "id": id, "type": "serial-bytes", "bytes": text.as_bytes() });
        let add = self.send("pause-point:add", point).await;
        let resume = self.send("sim:resume", json!({})).await;
        for id in [add, resume] {
            let response = self.response(&id).await;
            assert_eq!(response["error"], false, "{response}");
            assert!(
                self.events
                    .iter()
                    .all(|event| event["event"] != "sim:pause")
            );
        }
        self.event("sim:pause").await
    }

    /// Returns the next event of a kind; console output before it is kept.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => self.message().await,
            };
            assert_eq!(event["type"], "event", "{event}");
            if event["event"] == "serial-monitor:data" {
                let bytes: Vec<u8> =
                    serde_json::from_value(event["payload"]["bytes"].clone()).expect("bytes");
                self.serial += std::str::from_utf8(&bytes).expect("the console is UTF-8");
            }
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Returns what was printed up to the last event that was asked for.
    pub(crate) fn printed(&mut self) -> String {
        std::mem::take(&mut self.serial)
    }

    /// Returns the next message.
    pub(crate) async fn message(&mut self) -> Value {
        loop {
            let message = timeout(PATIENCE, self.socket.next())
                .await
                .expect("in time");
            let message = message.expect("it is open").expect("it is well");
            if let Message::Text(text) = message {
                return serde_json::from_str(text.as_str()).expect("JSON");
            }
        }
    }

    /// Returns the last message before the connection ends, if one arrives.
    pub(crate) async fn last_message(&mut self) -> Option<Value> {
        let mut last = None;
        while let Ok(Some(Ok(message))) = timeout(PATIENCE, self.socket.next()).await {
            if let Message::Text(text) = message {
                last = serde_json::from_str(text.as_str()).ok();
            }
        }
        last
    }

    pub(crate) async fn send_raw(&mut self, text: &str) {
        self.socket
            .send(Message::text(text))
            .await
            .expect("it reads");
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        let message = Message::binary(bytes.to_vec());
        self.socket.send(message).await.expect("it reads");
    }

    /// Sends a command that the server may refuse to read.
    pub(crate) async fn send_lossy(&mut self, name: &str, params: Value) {
        let message = Message::text(self.command(name, &params).1);
        timeout(PATIENCE, self.socket.send(message))
            .await
            .expect("in time")
            .ok();
    }

    async fn send(&mut self, name: &str, params: Value) -> String {
        let (id, text) = self.command(name, &params);
        self.send_raw(&text).await;
        id
    }

    fn command(&mut self, name: &str, params: &Value) -> (String, String) {
        self.next += 1;
        let id = self.next.to_string();
        let message = json!({ "type": "command", "command": name, "params": params, "id": id });
        (id, message.to_string())
    }

    async fn response(&mut self, id: &str) -> Value {
        loop {
            let message = self.message().await;
            if message["type"] == "response" && message["id"] == id {
                return message;
            }
            self.events.push_back(message);
        }
    }
}

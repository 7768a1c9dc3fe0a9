//! The HTTP interface, one file for each kind of thing.

mod access;
mod answers;
mod checkpoint;
mod events;
mod forms;
mod health;
mod identity;
mod items;
mod participants;
mod parts;
mod programmes;
mod sql;
mod stream;

use crate::auth::Asker;
use crate::held::Held;
use crate::problem::{Problem, TurnedAway};
use crate::service::Service;
use crate::traces::traced;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, Response};
use axum::routing::get;
use bytes::Bytes;
use std::sync::Arc;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A page to read the interface and try it.
const TRY_IT: &str = include_str!("../try_it.html");

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jejak",
        description = "A ledger of benefits. A 2xx answer to an item means that it is durable; sending it again with \
                       the same commandid is harmless."
    ),
    modifiers(&Bearer),
    security(("bearer" = [])),
    // Its path has slashes, for which the document has no pattern: it is routed by hand.
    paths(checkpoint::tile),
    components(schemas(Problem))
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

fn described() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(items::commands))
        .routes(routes!(items::facts))
        .routes(routes!(events::page))
        .routes(routes!(stream::stream))
        .routes(routes!(participants::show))
        .routes(routes!(participants::events))
        .routes(routes!(identity::show))
        .routes(routes!(access::page))
        .routes(routes!(access::newest_head))
        .routes(routes!(access::sign))
        .routes(routes!(programmes::list))
        .routes(routes!(programmes::show))
        .routes(routes!(programmes::batches))
        .routes(routes!(programmes::accounts))
        .routes(routes!(programmes::balances))
        .routes(routes!(sql::ask))
        .routes(routes!(checkpoint::newest))
        .routes(routes!(checkpoint::sign))
        .routes(routes!(checkpoint::proof))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::promote))
        .routes(routes!(health::metrics))
}

/// The document of the interface.
pub fn document() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

/// Every route.
pub(crate) fn router(service: Service) -> Router {
    let (router, document) = described().split_for_parts();
    // Written once: however many do not read it, there is one in memory.
    #[expect(clippy::expect_used, reason = "a document of texts and numbers can always be written")]
    let document = Bytes::from(serde_json::to_vec(&document).expect("a document"));
    let router = router
        // The path that C2SP readers ask for.
        .route("/checkpoint", get(checkpoint::newest))
        .route("/tile/{*path}", get(checkpoint::tile))
        .route("/openapi.json", get(move || async move { ([(CONTENT_TYPE, "application/json")], document) }))
        .route("/docs", get(|| async { Html(TRY_IT) }))
        .fallback(|| async { Problem::missing("there is nothing under this path: see /openapi.json") })
        .method_not_allowed_fallback(|| async {
            let detail = "this path has other methods: see /openapi.json";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail)
        })
        .layer(from_fn_with_state(service.clone(), counted));
    let router = match service.traces() {
        Some(traces) => router.layer(from_fn_with_state(Arc::clone(traces), traced)),
        None => router,
    };
    router.with_state(service)
}

/// Counts every request, and notes those that were turned away. The pattern of a route is kept, never its path: in a
/// path there may be anything.
async fn counted(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "none".to_owned());
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let response = next.run(request).await;
    service.metrics().request(&route, response.status().as_u16());
    if let Some(TurnedAway(code)) = response.extensions().get() {
        service.denied(&asker, route, code);
    }
    // A request is open until its answer is handed over.
    response.map(|body| Body::new(Held::new(body, asker)))
}

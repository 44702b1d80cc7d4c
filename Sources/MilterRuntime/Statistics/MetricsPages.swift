/// The pages of a server's statistics: `/metrics` and `/healthz`.
struct MetricsPages: Sendable {
  let filter: String
  let counters: any StatisticsSource
  /// Whether the server is ending its last messages.
  let isDraining: @Sendable () -> Bool

  /// Returns the page of a path; `nil` if there is no such page.
  func page(_ path: String) -> HTTPResponse? {
    switch path {
    case "/metrics":
      HTTPResponse(
        status: "200 OK", type: "text/plain; version=0.0.4; charset=utf-8",
        body: counters.snapshot.prometheus(filter: filter))
    case "/healthz": isDraining() ? .plain("503 Service Unavailable") : .plain("200 OK")
    default: nil
    }
  }
}

/// The pages of a control socket: `/status` for people and `/status.json` for programs.
struct StatusPages: Sendable {
  /// Creates the report; returns `nil` if there is nothing to report any longer.
  let report: @Sendable () -> StatusReport?

  /// Returns the page of a path; `nil` if there is no such page.
  func page(_ path: String) -> HTTPResponse? {
    switch path {
    case "/status":
      page("text/plain; charset=utf-8") { $0.text }
    case "/status.json": page("application/json") { $0.json }
    default: nil
    }
  }

  private func page(_ type: String, _ body: (StatusReport) -> String) -> HTTPResponse {
    guard let report = report() else { return .plain("503 Service Unavailable") }
    return HTTPResponse(status: "200 OK", type: type, body: body(report))
  }
}

/// A response of HTTP/1.1, after which the connection is closed.
struct HTTPResponse {
  let status: String
  let type: String
  let body: String
  var headers = ""

  static func plain(_ status: String, headers: String = "") -> HTTPResponse {
    HTTPResponse(
      status: status, type: "text/plain; charset=utf-8", body: "\(status)\n", headers: headers)
  }

  /// The response as it is sent.
  ///
  /// - Parameter hasBody: whether the body follows; it does not after a HEAD.
  /// - Returns: the head and the body.
  func bytes(hasBody: Bool) -> [UInt8] {
    let head =
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
      + "Cache-Control: no-store\r\n\(headers)Connection: close\r\n\r\n"
    return Array(head.utf8) + (hasBody ? Array(body.utf8) : [])
  }
}

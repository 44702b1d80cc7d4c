/// An HTTP/1.1 response, after which the connection is closed.
struct HTTPResponse {
  let status: String
  let type: String
  let body: String
  var headers = ""

  static func plain(_ status: String, headers: String = "") -> HTTPResponse {
    HTTPResponse(
      status: status, type: "text/plain; charset=utf-8", body: "\(status)\n", headers: headers)
  }

  /// Returns the bytes of the response.
  ///
  /// - Parameter hasBody: Whether the body follows; not after HEAD.
  /// - Returns: The header and the body.
  func bytes(hasBody: Bool) -> [UInt8] {
    let head =
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
      + "Cache-Control: no-store\r\n\(headers)Connection: close\r\n\r\n"
    return Array(head.utf8) + (hasBody ? Array(body.utf8) : [])
  }
}

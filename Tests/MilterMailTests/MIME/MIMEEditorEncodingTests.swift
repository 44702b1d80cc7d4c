import MilterMail
import Testing

/// Content that does not consist of lines.
struct MIMEEditorEncodingTests {
  @Test(
    arguments: ["7bit", "8bit", "binary"],
    ["a\nb", "a\rb", "\n", "\r", "a\r\r\nb", "a\r\n\nb", "a\r"])
  func `Content that an MTA would change on its way is encoded`(
    _ encoding: String, _ content: String
  ) throws {
    for type in ["application/x", "image/png", "text/plain"] {
      let headers = "Content-Type: \(type)\nContent-Transfer-Encoding: \(encoding)\n"
      let message = MIMEMessage(
        headers: MailHeaders(parsing: headers.crlf), body: Array("old".utf8))
      var editor = MIMEEditor(message)
      try editor.setContent(Array(content.utf8), of: message.root)
      let name = type == "text/plain" ? "quoted-printable" : "base64"
      #expect(editor.headerChanges.map(\.value) == [name, "1.0"], "\(type)")
      #expect(MIMETransferEncoding(name).decode(editor.body) == Array(content.utf8), "\(type)")
    }
  }

  @Test
  func `No new content is binary`() throws {
    for (type, name) in [("image/png", "base64"), ("text/plain", "7bit")] {
      let headers =
        "MIME-Version: 1.0\nContent-Type: \(type)\nContent-Transfer-Encoding: binary\n"
      let message = MIMEMessage(headers: MailHeaders(parsing: headers.crlf), body: [0])
      var editor = MIMEEditor(message)
      try editor.setContent(Array("a\r\n".utf8), of: message.root)
      #expect(editor.headerChanges.map(\.value) == [name], "\(type)")
      #expect(MIMETransferEncoding(name).decode(editor.body) == Array("a\r\n".utf8), "\(type)")
    }
  }
}

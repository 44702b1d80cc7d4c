import MilterMail
import MilterRandomFixtures

/// Random messages with parts, as programs write them.
struct RandomMail {
  private var random: SplitMix64
  private var boundaries = 0

  init(_ seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A message: its header fields, and its body.
  mutating func next() -> (headers: [UInt8], body: [UInt8]) {
    let (fields, body) = random.oneIn(4) ? leaf() : multipart(depth: 0)
    return (("Subject: made up\nMIME-Version: 1.0\n" + fields).crlf, body)
  }

  private mutating func entity(depth: Int) -> [UInt8] {
    let (fields, body): (String, [UInt8]) =
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: depth < 3 ? multipart(depth: depth + 1) : leaf()
      case 2 where depth < 3: letter(depth: depth + 1)
      default: leaf()
      }
    return fields.crlf + [13, 10] + body
  }

  private mutating func letter(depth: Int) -> (String, [UInt8]) {
    let inner = "Subject: inner\nMIME-Version: 1.0\n".crlf + entity(depth: depth)
    return ("Content-Type: message/rfc822\n", inner)
  }

  private mutating func multipart(depth: Int) -> (String, [UInt8]) {
    boundaries += 1
    let boundary = random.pick([
      "b\(boundaries)", "=_b'()+_,-./:=?\(boundaries)", "--b \(boundaries)x",
    ])
    let subtype = random.pick(["mixed", "alternative", "related", "MIXED"])
    var body = random.oneIn(2) ? "This is MIME.\n".crlf : []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      body +=
        "--\(boundary)\(random.pick(["", "", " \t"]))\n".crlf + entity(depth: depth) + [13, 10]
    }
    body += "--\(boundary)--".utf8
    if random.oneIn(2) { body += "\nAn epilogue.\n".crlf }
    return ("Content-Type: multipart/\(subtype);\n boundary=\"\(boundary)\"\n", body)
  }

  private mutating func leaf() -> (String, [UInt8]) {
    let content = random.pick([
      "plain", "", "line\none more\n", "ends with --b1 and --\n", "Grüße\n", "=_b\n\n\n", "x=y =\n",
      String(repeating: "word ", count: 40) + "\n",
    ]).crlf
    let encoding = random.pick([
      MIMETransferEncoding.eightBit, .quotedPrintable, .base64, .base64,
    ])
    let type = random.pick([
      "", "Content-Type: text/plain; charset=utf-8\n",
      "Content-Type: TEXT/html;charset=\"utf-8\"\n",
      "Content-Type: application/pdf; name=\"a b.pdf\"\n",
      "Content-Type: image/png;\n\tname=\"=?UTF-8?B?w7wucG5n?=\"\n",
    ])
    let disposition = random.pick([
      "", "", "Content-Disposition: inline\n", "Content-Disposition: attachment; filename=a.exe\n",
      "Content-Disposition: attachment;\n filename*0*=utf-8''%C3;\n filename*1*=%BC.e;\n"
        + " filename*2=\"xe\"\n",
      "Content-Disposition: attachment; filename*=iso-8859-1'de'%E4%20b.txt\n",
      "Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=BC_x.zip?=\"\n",
      "Content-Disposition: ATTACHMENT; Filename=\"semi;colon \\\"q\\\".txt\"; size=12\n",
    ])
    return (
      "\(type)Content-Transfer-Encoding: \(encoding.name)\n\(disposition)",
      encoding.encode(content) ?? content
    )
  }
}

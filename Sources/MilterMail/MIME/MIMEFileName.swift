/// The file name of an attachment, prepared for comparisons.
///
/// The name is hostile input. ``text`` is for people, and ``base`` and ``extensions`` are for decisions. Do not
/// use any of them to open a file.
///
/// ```swift
/// MIMEFileName("C:\\temp\\Invoice\u{202E}fdp.EXE. ").extensions  // ["exe"]
/// ```
public struct MIMEFileName: Hashable, Sendable, CustomStringConvertible {
  /// The decoded name as it is in the message.
  public let text: String

  /// Creates a file name.
  ///
  /// - Parameter text: The decoded name.
  public init(_ text: String) { self.text = text }

  /// The decoded name as it is in the message.
  public var description: String { text }

  /// The last component of the path, as a file system would use it.
  ///
  /// It does not contain control characters and invisible characters, including those that change the direction
  /// of text. It also lacks the drive letter, the name of an alternate data stream (everything after a colon),
  /// and the dots and spaces at the end, which Windows drops.
  public var base: String {
    var name = component
    if name.count > 2, name.dropFirst().first == ":" { name = name.dropFirst(2) }
    return Self.withoutEnd(name.prefix { $0 != ":" })
  }

  /// The last component of the path, with all its visible characters.
  private var component: Substring.UnicodeScalarView {
    var visible = String.UnicodeScalarView()
    visible.append(
      contentsOf: text.unicodeScalars.filter {
        switch $0.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: false
        default: true
        }
      })
    return visible.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "/" || $0 == "\\" }
    ).last(where: { !$0.isEmpty }) ?? visible[...]
  }

  /// Returns a name without the dots and spaces at its end.
  private static func withoutEnd(_ name: Substring.UnicodeScalarView) -> String {
    var name = name
    while let last = name.last, last == "." || last.properties.isWhitespace { name.removeLast() }
    return String(name)
  }

  /// The texts after the dots of ``base``, from left to right, in lower case and without spaces at the ends:
  /// `["tar", "gz"]`.
  public var extensions: [String] { Self.extensions(of: base) }

  private static func extensions(of name: String) -> [String] {
    name.lowercased().split(separator: ".", omittingEmptySubsequences: false).dropFirst().map {
      String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
  }

  /// Whether common systems run a file with the last of the ``extensions``, or ask whether to run it, when it
  /// is opened; see ``executableExtensions``.
  ///
  /// On some systems, a colon is part of the name, and programs may replace it with another character. So the
  /// text before, between, and after colons is also checked: `invoice:1.exe` is executable.
  public var isExecutable: Bool {
    component.split(separator: ":").contains { name in
      Self.extensions(of: Self.withoutEnd(name)).last.map(Self.executableExtensions.contains)
        ?? false
    }
  }

  /// The extensions of files that common systems run, or ask whether to run, when they are opened.
  public static let executableExtensions: Set<String> = [
    "ade", "adp", "apk", "app", "application", "appref-ms", "appx", "appxbundle", "bas", "bat",
    "chm", "cmd", "com", "command", "cpl", "desktop", "diagcab", "dll", "dmg", "exe", "gadget",
    "grp", "hlp", "hta", "img", "inf", "ins", "iso", "isp", "jar", "jnlp", "js", "jse",
    "library-ms", "lnk", "mde", "msc", "msh", "msi", "msix", "msixbundle", "msp", "mst", "msu",
    "ocx", "pif", "pkg", "ps1", "ps1xml", "ps2", "ps2xml", "psc1", "psc2", "psd1", "psm1", "py",
    "pyc", "pyw", "reg", "scf", "scr", "sct", "search-ms", "settingcontent-ms", "sh", "shb", "shs",
    "sys", "url", "vb", "vbe", "vbp", "vbs", "vhd", "vhdx", "vxd", "website", "ws", "wsc", "wsf",
    "wsh", "xbap", "xll",
  ]
}

import Foundation
import Libmilter
import MilterProcessFixtures
import Testing

/// Checks that the module's constants have C's values, with a C compiler, our headers, and, if they
/// are installed, libmilter's headers.
@Suite(.timeLimit(.minutes(15))) struct ConstantTests {
  static let values: [(String, Int)] = [
    ("MI_SUCCESS", Int(MI_SUCCESS)), ("MI_FAILURE", Int(MI_FAILURE)),
    ("SMFI_VERSION", Int(SMFI_VERSION)), ("SMFI_PROT_VERSION", Int(SMFI_PROT_VERSION)),
    ("SMFIS_CONTINUE", Int(SMFIS_CONTINUE)), ("SMFIS_REJECT", Int(SMFIS_REJECT)),
    ("SMFIS_DISCARD", Int(SMFIS_DISCARD)), ("SMFIS_ACCEPT", Int(SMFIS_ACCEPT)),
    ("SMFIS_TEMPFAIL", Int(SMFIS_TEMPFAIL)), ("SMFIS_NOREPLY", Int(SMFIS_NOREPLY)),
    ("SMFIS_SKIP", Int(SMFIS_SKIP)), ("SMFIS_ALL_OPTS", Int(SMFIS_ALL_OPTS)),
    ("SMFIF_NONE", Int(SMFIF_NONE)), ("SMFIF_ADDHDRS", Int(SMFIF_ADDHDRS)),
    ("SMFIF_CHGBODY", Int(SMFIF_CHGBODY)), ("SMFIF_MODBODY", Int(SMFIF_MODBODY)),
    ("SMFIF_ADDRCPT", Int(SMFIF_ADDRCPT)), ("SMFIF_DELRCPT", Int(SMFIF_DELRCPT)),
    ("SMFIF_CHGHDRS", Int(SMFIF_CHGHDRS)), ("SMFIF_QUARANTINE", Int(SMFIF_QUARANTINE)),
    ("SMFIF_CHGFROM", Int(SMFIF_CHGFROM)), ("SMFIF_ADDRCPT_PAR", Int(SMFIF_ADDRCPT_PAR)),
    ("SMFIF_SETSYMLIST", Int(SMFIF_SETSYMLIST)), ("SMFI_V1_ACTS", Int(SMFI_V1_ACTS)),
    ("SMFI_V2_ACTS", Int(SMFI_V2_ACTS)), ("SMFI_CURR_ACTS", Int(SMFI_CURR_ACTS)),
    ("SMFIP_NOCONNECT", Int(SMFIP_NOCONNECT)), ("SMFIP_NOHELO", Int(SMFIP_NOHELO)),
    ("SMFIP_NOMAIL", Int(SMFIP_NOMAIL)), ("SMFIP_NORCPT", Int(SMFIP_NORCPT)),
    ("SMFIP_NOBODY", Int(SMFIP_NOBODY)), ("SMFIP_NOHDRS", Int(SMFIP_NOHDRS)),
    ("SMFIP_NOEOH", Int(SMFIP_NOEOH)), ("SMFIP_NR_HDR", Int(SMFIP_NR_HDR)),
    ("SMFIP_NOHREPL", Int(SMFIP_NOHREPL)), ("SMFIP_NOUNKNOWN", Int(SMFIP_NOUNKNOWN)),
    ("SMFIP_NODATA", Int(SMFIP_NODATA)), ("SMFIP_SKIP", Int(SMFIP_SKIP)),
    ("SMFIP_RCPT_REJ", Int(SMFIP_RCPT_REJ)), ("SMFIP_NR_CONN", Int(SMFIP_NR_CONN)),
    ("SMFIP_NR_HELO", Int(SMFIP_NR_HELO)), ("SMFIP_NR_MAIL", Int(SMFIP_NR_MAIL)),
    ("SMFIP_NR_RCPT", Int(SMFIP_NR_RCPT)), ("SMFIP_NR_DATA", Int(SMFIP_NR_DATA)),
    ("SMFIP_NR_UNKN", Int(SMFIP_NR_UNKN)), ("SMFIP_NR_EOH", Int(SMFIP_NR_EOH)),
    ("SMFIP_NR_BODY", Int(SMFIP_NR_BODY)), ("SMFIP_HDR_LEADSPC", Int(SMFIP_HDR_LEADSPC)),
    ("SMFIP_MDS_256K", Int(SMFIP_MDS_256K)), ("SMFIP_MDS_1M", Int(SMFIP_MDS_1M)),
    ("SMFI_V1_PROT", Int(SMFI_V1_PROT)), ("SMFI_V2_PROT", Int(SMFI_V2_PROT)),
    ("SMFI_CURR_PROT", Int(SMFI_CURR_PROT)), ("SMFI_INTERNAL", Int(SMFI_INTERNAL)),
    ("SMFIM_NOMACROS", Int(SMFIM_NOMACROS)), ("SMFIM_FIRST", Int(SMFIM_FIRST)),
    ("SMFIM_CONNECT", Int(SMFIM_CONNECT)), ("SMFIM_HELO", Int(SMFIM_HELO)),
    ("SMFIM_ENVFROM", Int(SMFIM_ENVFROM)), ("SMFIM_ENVRCPT", Int(SMFIM_ENVRCPT)),
    ("SMFIM_DATA", Int(SMFIM_DATA)), ("SMFIM_EOM", Int(SMFIM_EOM)),
    ("SMFIM_EOH", Int(SMFIM_EOH)), ("SMFIM_LAST", Int(SMFIM_LAST)),
    ("SM_LM_VRS_MAJOR(0x7f123456)", Int(SM_LM_VRS_MAJOR(0x7f12_3456))),
    ("SM_LM_VRS_MINOR(0x7f123456)", Int(SM_LM_VRS_MINOR(0x7f12_3456))),
    ("SM_LM_VRS_PLVL(0x7f1234d6)", Int(SM_LM_VRS_PLVL(0x7f12_34d6))),
  ]

  @Test func `Every constant has C's value`() throws { try compare(with: HeaderFolder.ours) }

  @Test(.needsOriginal)
  func `Every constant has the value in Sendmail's headers`() throws {
    try compare(with: HeaderFolder.original)
  }

  private func compare(with folder: String) throws {
    var lines = ["#include \"libmilter/mfapi.h\"", "#include \"libmilter/mfdef.h\""]
    // C99 has no static assertion. An array of a negative size makes a wrong value an error.
    for (index, (name, value)) in Self.values.enumerated() {
      lines.append("typedef char value_\(index)[(\(name)) == (\(value)) ? 1 : -1]; /* \(name) */")
    }
    try Subprocess.succeed(
      "/usr/bin/cc", ["-std=c99", "-fsyntax-only", "-I", folder, "-x", "c", "-"],
      input: Array(lines.joined(separator: "\n").utf8))
  }

  /// The other definitions of the headers belong to the wire protocol, which the module does not
  /// show.
  @Test func `No constant of our headers is left out`() throws {
    let known = Set(Self.values.map { $0.0.prefix { $0 != "(" } })
    for file in ["mfapi.h", "mfdef.h"] {
      let path = BuiltProgram.packageRoot + "/Compat/CMilterAPI/include/libmilter/" + file
      for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
        guard line.hasPrefix("#define ") else { continue }
        let name = line.dropFirst(8).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let isOurs = ["MI_", "SMFIS_", "SMFIF_", "SMFIP_", "SMFIM_", "SMFI_", "SM_LM_"]
          .contains { name.hasPrefix($0) }
        if isOurs { #expect(known.contains(name), "\(name)") }
      }
    }
  }
}

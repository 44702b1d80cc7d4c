import CMilterAPI
import LibmilterProcess
import MilterCore

/// A filter's description, as it was registered.
///
/// `@unchecked Sendable`: it is never changed, and the functions it points to are the filter's.
struct CFilter: @unchecked Sendable {
  let description: smfiDesc
  let name: String
  let callbacks: MilterCallbacks

  /// Takes a description over; nil for one of an interface that is not known.
  init?(_ description: smfiDesc) {
    guard let missing = LibmilterProcess.callbacksMissing(in: description.xxfi_version) else {
      return nil
    }
    self.description = description
    name = description.xxfi_name.map { String(cString: $0) } ?? "Unknown"
    callbacks = MilterCallbacks(of: description).subtracting(missing)
  }
}

extension MilterCallbacks {
  /// The callbacks that a description names.
  fileprivate init(of description: smfiDesc) {
    self = []
    if description.xxfi_negotiate != nil { insert(.negotiate) }
    if description.xxfi_connect != nil { insert(.connect) }
    if description.xxfi_helo != nil { insert(.helo) }
    if description.xxfi_envfrom != nil { insert(.envfrom) }
    if description.xxfi_envrcpt != nil { insert(.envrcpt) }
    if description.xxfi_data != nil { insert(.data) }
    if description.xxfi_unknown != nil { insert(.unknown) }
    if description.xxfi_header != nil { insert(.header) }
    if description.xxfi_eoh != nil { insert(.eoh) }
    if description.xxfi_body != nil { insert(.body) }
    if description.xxfi_eom != nil { insert(.eom) }
    if description.xxfi_abort != nil { insert(.abort) }
    if description.xxfi_close != nil { insert(.close) }
  }
}

/// Where a URL points: what a socket needs of it.
struct WireAddress: Hashable {
  var isSecure: Bool
  var host: String
  var port: Int
  /// Path and query, `/` where there is none.
  var target: String

  /// `ws://`, `wss://`, `http://` or `https://`; nil where it is none of these or names no host.
  init?(_ url: String) {
    let schemes: [(text: String, isSecure: Bool)] = [
      ("ws://", false), ("wss://", true), ("http://", false), ("https://", true),
    ]
    guard let scheme = schemes.first(where: { url.lowercased().hasPrefix($0.text) }) else { return nil }
    isSecure = scheme.isSecure
    let rest = url.dropFirst(scheme.text.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var path = rest.dropFirst(authority.count).prefix { $0 != "#" }
    if path.first == "?" { path = "/" + path }
    target = path.isEmpty ? "/" : String(path)
    var name = authority
    if let at = name.lastIndex(of: "@") { name = name[name.index(after: at)...] }
    if name.hasPrefix("[") {
      guard let end = name.firstIndex(of: "]") else { return nil }
      host = String(name[name.index(after: name.startIndex)..<end])
      name = name[name.index(after: end)...]
    } else {
      host = String(name.prefix { $0 != ":" })
      name = name.dropFirst(host.count)
    }
    if name.isEmpty {
      port = isSecure ? 443 : 80
    } else {
      guard name.first == ":", let number = Int(name.dropFirst()), (1...65_535).contains(number) else { return nil }
      port = number
    }
    if host.isEmpty { return nil }
  }

  /// For the `Host` header.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}

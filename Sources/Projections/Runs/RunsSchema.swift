/// The tables of `runs.sqlite`; described for its users in `Projections.docc/RunsDatabase.md`.
///
/// Every table has a natural key and no row id, so that what is in it and in which order follows from the journals alone.
enum RunsSchema {
  /// Kept in SQLite's `user_version`; any change of the tables counts it up, and the database is rebuilt.
  static let version: Int64 = 1

  /// Tables in the order of their references, each with the columns of its key.
  static let tables: [(name: String, key: String)] = [
    ("runs", "run_id"), ("journals", "path"), ("instruments", "run_id, instrument"), ("orders", "run_id, sequence"),
    ("fills", "run_id, sequence"), ("position_changes", "run_id, sequence"), ("positions", "run_id, symbol"),
    ("daily_equity", "run_id, day"),
  ]

  static let creation = """
    CREATE TABLE runs (
      run_id TEXT PRIMARY KEY NOT NULL,
      path TEXT NOT NULL,
      mode TEXT NOT NULL,
      reducer_version INTEGER NOT NULL,
      profile_sha256 TEXT NOT NULL,
      inputs_sha256 TEXT NOT NULL,
      currency TEXT NOT NULL,
      strategies TEXT NOT NULL,
      started_at TEXT NOT NULL,
      last_time TEXT NOT NULL,
      is_complete INTEGER NOT NULL,
      events INTEGER NOT NULL,
      head TEXT NOT NULL,
      bars INTEGER NOT NULL,
      signals INTEGER NOT NULL,
      orders INTEGER NOT NULL,
      fills INTEGER NOT NULL,
      start_equity TEXT, start_equity_real REAL,
      final_equity TEXT, final_equity_real REAL
    ) WITHOUT ROWID;
    CREATE TABLE journals (
      path TEXT PRIMARY KEY NOT NULL,
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      events INTEGER NOT NULL,
      file_bytes INTEGER NOT NULL,
      head TEXT NOT NULL,
      is_sealed INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE instruments (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      instrument INTEGER NOT NULL,
      symbol TEXT NOT NULL,
      venue TEXT NOT NULL,
      asset_class TEXT NOT NULL,
      currency TEXT NOT NULL,
      tick_size TEXT NOT NULL,
      lot_size TEXT NOT NULL,
      multiplier TEXT NOT NULL,
      sector TEXT NOT NULL,
      calendar TEXT NOT NULL,
      PRIMARY KEY (run_id, instrument)
    ) WITHOUT ROWID;
    CREATE TABLE orders (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      client_order_id TEXT NOT NULL,
      time TEXT NOT NULL,
      cause INTEGER NOT NULL,
      symbol TEXT NOT NULL,
      side TEXT NOT NULL,
      type TEXT NOT NULL,
      time_in_force TEXT NOT NULL,
      purpose TEXT NOT NULL,
      quantity TEXT NOT NULL, quantity_real REAL NOT NULL,
      limit_price TEXT, limit_price_real REAL,
      stop_price TEXT, stop_price_real REAL,
      status TEXT NOT NULL,
      status_time TEXT NOT NULL,
      reason TEXT,
      leaves TEXT NOT NULL, leaves_real REAL NOT NULL,
      PRIMARY KEY (run_id, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE fills (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      time TEXT NOT NULL,
      order_sequence INTEGER NOT NULL,
      bar INTEGER NOT NULL,
      symbol TEXT NOT NULL,
      side TEXT NOT NULL,
      quantity TEXT NOT NULL, quantity_real REAL NOT NULL,
      price TEXT NOT NULL, price_real REAL NOT NULL,
      fee TEXT NOT NULL, fee_real REAL NOT NULL,
      slippage TEXT NOT NULL, slippage_real REAL NOT NULL,
      leaves TEXT NOT NULL, leaves_real REAL NOT NULL,
      liquidity TEXT NOT NULL,
      rule TEXT NOT NULL,
      PRIMARY KEY (run_id, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE position_changes (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      time TEXT NOT NULL,
      cause INTEGER NOT NULL,
      symbol TEXT NOT NULL,
      quantity TEXT NOT NULL, quantity_real REAL NOT NULL,
      cost_basis TEXT NOT NULL, cost_basis_real REAL NOT NULL,
      realised TEXT NOT NULL, realised_real REAL NOT NULL,
      PRIMARY KEY (run_id, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE positions (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      symbol TEXT NOT NULL,
      quantity TEXT NOT NULL, quantity_real REAL NOT NULL,
      cost_basis TEXT NOT NULL, cost_basis_real REAL NOT NULL,
      realised TEXT NOT NULL, realised_real REAL NOT NULL,
      fees TEXT NOT NULL, fees_real REAL NOT NULL,
      fills INTEGER NOT NULL,
      PRIMARY KEY (run_id, symbol)
    ) WITHOUT ROWID;
    CREATE TABLE daily_equity (
      run_id TEXT NOT NULL REFERENCES runs(run_id) ON DELETE CASCADE,
      day TEXT NOT NULL,
      as_of TEXT NOT NULL,
      equity TEXT NOT NULL, equity_real REAL NOT NULL,
      cash TEXT NOT NULL, cash_real REAL NOT NULL,
      gross_exposure TEXT NOT NULL, gross_exposure_real REAL NOT NULL,
      realised TEXT NOT NULL, realised_real REAL NOT NULL,
      fees TEXT NOT NULL, fees_real REAL NOT NULL,
      pnl TEXT NOT NULL, pnl_real REAL NOT NULL,
      PRIMARY KEY (run_id, day)
    ) WITHOUT ROWID;
    """
}

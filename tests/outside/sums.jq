# The books of a ledger, summed from its lines by jq alone: no program of ours has a part in it.
#
# Read with `jq --null-input --from-file sums.jq` from the lines of the journal. Sums are whole rupiah by programme and
# account, over all years and parties; only accounts whose movements stand in the events themselves are here.

def rupiah: if .currency == "IDR" and (.value | endswith(".00")) then .value[:-3] | tonumber
            else error("not whole rupiah: \(.)") end;
def kind: .type | ltrimstr("id.jejak.");
def programme: .programme // (.subject | split("/")[1]);
# A channel of payment is an account; wallets are prefunded, cash is in the hands of a unit.
def source: {bank: "bank", wallet: "partner-float", cash: "custody"}[.];
# The two sides of an entry.
def move($debit; $credit; $amount): [[$debit, $amount], [$credit, -$amount]];

# What an event moves, where its own payload says how much.
def moves($ended; $inflight):
  .data as $d | kind as $k |
  if   $k == "fund.disbursed.v1"            then move("bank"; "treasury"; $d.amount | rupiah)
  elif $k == "fund.partner_funded.v1"       then move("partner-float"; "bank"; $d.amount | rupiah)
  elif $k == "fund.partner_defunded.v1"     then move("bank"; "partner-float"; $d.amount | rupiah)
  elif $k == "fund.disbursement_bounced.v1" then move("treasury-retur"; "bank"; $d.amount | rupiah)
  elif $k == "fund.disbursement_reissued.v1" then move("bank"; "treasury-retur"; $d.amount | rupiah)
  elif $k == "fund.reserved.v1"             then move("reserve-fund"; "bank"; $d.amount | rupiah)
  elif $k == "fund.reserve_drawn.v1"        then move("bank"; "reserve-fund"; $d.amount | rupiah)
  elif $k == "fund.interest_credited.v1"    then move("bank"; "interest-income"; $d.amount | rupiah)
  elif $k == "fund.unidentified_credited.v1" then move("bank"; "unidentified-credits"; $d.amount | rupiah)
  elif $k == "fund.bank_charged.v1"         then move("bank-charges"; "bank"; $d.amount | rupiah)
  elif $k == "fund.revenue_remitted.v1"     then move("revenue-remitted"; "bank"; $d.amount | rupiah)
  elif $k == "fund.operating_cost_paid.v1"  then move("operating-cost"; "bank"; $d.amount | rupiah)
  elif $k == "fund.return_ordered.v1"       then move("treasury"; "return-due"; $d.amount | rupiah)
  elif $k == "fund.returned.v1"             then move("return-due"; "bank"; $d.amount | rupiah)
  elif $k == "entitlement.decreed.v1"       then move("committed-pool"; "cards"; [$d.benefits[].amount | rupiah] | add)
  elif $k == "entitlement.reinstated.v1"    then move("committed-pool"; "cards"; $d.amount | rupiah)
  elif $k == "entitlement.revoked.v1" or $k == "entitlement.closed.v1"
    or $k == "voucher.lapsed.v1" or $k == "instalment.lapsed.v1"
                                            then move("cards"; "committed-pool"; $d.amount | rupiah)
  # A payment that fails or comes back after its card has ended waits for no retry.
  elif $k == "payout.failed.v1" and $ended and $inflight
                                            then move("cards"; "committed-pool"; $inflight)
  elif $k == "voucher.spent.v1"             then move("cards"; "platform-clearing"; $d.price | rupiah)
  elif $k == "voucher.restored.v1"          then move("platform-clearing"; "cards"; $d.amount | rupiah)
  elif $k == "voucher.expired.v1"           then move("platform-clearing"; "committed-pool"; $d.amount | rupiah)
  elif $k == "voucher.settled.v1"           then move("platform-clearing"; "bank"; $d.amount | rupiah)
  elif $k == "voucher.refunded.v1"          then move("bank"; "platform-clearing"; $d.amount | rupiah)
  elif $k == "payout.settled.v1"            then move("cards"; $d.channel | source; $d.amount | rupiah)
  elif $k == "payout.returned.v1"           then move($d.channel | source; "cards"; $d.amount | rupiah)
    + (if $ended then move("cards"; "committed-pool"; $d.amount | rupiah) else [] end)
  elif $k == "custody.drawn.v1"             then move("custody"; "bank"; $d.amount | rupiah)
  elif $k == "custody.handed_over.v1"       then move("cards"; "custody"; $d.amount | rupiah)
  elif $k == "custody.returned.v1"          then move("bank"; "custody"; $d.amount | rupiah)
  elif $k == "recovery.demanded.v1"         then move("recovery-receivable"; "recovery-income"; $d.amount | rupiah)
  elif $k == "recovery.repaid.v1"           then move($d.method; "recovery-receivable"; $d.amount | rupiah)
  elif $k == "recovery.refunded.v1"         then move("recovery-receivable"; $d.method; $d.amount | rupiah)
  elif $k == "recovery.withdrawn.v1"        then move("recovery-income"; "recovery-receivable"; $d.amount | rupiah)
  elif $k == "recovery.written_off.v1"      then move("written-off"; "recovery-receivable"; $d.amount | rupiah)
  else [] end;

reduce inputs as $event ({ended: {}, inflight: {}, books: {}};
  . as $before
  | ($event | kind) as $kind
  | "\($event.subject) \($event.programme)" as $card
  | "\($card) \($event.data.benefit?) \($event.data.number?) \($event.data.attempt?)" as $instalment
  | ($event | programme) as $programme
  | reduce ($event | moves($before.ended[$card]; $before.inflight[$instalment]))[] as [$account, $amount]
      (.; .books["\($programme)/\($account)"] += $amount)
  | if   $kind == "payout.instructed.v1"     then .inflight[$instalment] = ($event.data.amount | rupiah)
    elif $kind == "payout.settled.v1" or $kind == "payout.failed.v1" then del(.inflight[$instalment])
    elif $kind == "entitlement.revoked.v1" or $kind == "entitlement.closed.v1" then .ended[$card] = true
    elif $kind == "entitlement.reinstated.v1" then del(.ended[$card])
    else . end)
| .books | with_entries(select(.value != 0))

# What `jejak balances --json` says, in the form of sums.jq: by programme and account, over years and parties.

# What a card holds, and what was paid beyond it, is one account here: between decree and payment.
def account: {
  "unearned": "cards", "voucher-balance": "cards", "due": "cards", "partner-clearing": "cards",
  "return-suspense": "cards", "overpayment-receivable": "cards", "unmatched-returns": "cards",
  "over-repaid": "recovery-receivable"
}[.] // .;

reduce .[] as $row ({};
  ($row.account | split("/")) as [$programme, $year, $name]
  | if $row.currency != "IDR" or ($row.balance | endswith(".00") | not) then error("not whole rupiah: \($row)") else . end
  | .["\($programme)/\($name | account)"] += ($row.balance[:-3] | tonumber))
| with_entries(select(.value != 0))

// Self-check of the tests: each known PBFT mistake (field/ledger.md section 2) can be switched on
// in a test build of the core (tests/sim/bugs_main.cpp), and must be caught. In every other build
// EMR_BUG is the constant false and leaves no trace in the code.
#pragma once

namespace emr::consensus {

enum class Bug {
  kNone,
  kSelectLowestView,      // 1: new view re-proposes the oldest prepared block
  kSelectNothing,         // 1: prepared blocks are forgotten by the new view
  kBelieveNewView,        // 1: NEW-VIEW accepted without its proof
  kBelieveViewChange,     // 1: certificates inside VIEW-CHANGE not checked
  kIgnoreSelection,       // 1: proposals of a new view are not held against the selection
  kCountDuplicates,       // 2: one member's repeated vote counts again
  kCountAnyDigest,        // 2: votes for different blocks are counted together
  kSmallQuorum,           // 2: f + 1 instead of q
  kForgetPrepared,        // 3: prepared certificate not persisted before COMMIT
  kForgetAccepted,        // 3: accepted proposal not persisted before PREPARE
  kForgetView,            // 3: the view is not persisted
  kStalePrepared,         // 4: VIEW-CHANGE leaves the prepared certificate out
  kVoteAfterViewChange,   // 4: goes on voting in the view it has left
  kSkipValidation,        // 5: votes without executing the block
  kSkipLink,              // 5: previous hash not checked
  kNoSelectedRestart,     // 3: the selection of the view is lost at restart
  kTrustBlockReply,       // 13: synced blocks are not held against their certificate
  kAcceptSecondProposal,  // 9: a second proposal for the same place replaces the first
  kAnyPrimary,            // 9: proposals of non-primaries accepted
  kNoResend,              // 10: messages are sent once only
  kNoBackoff,             // 10: the timeout never grows
  kNoJoin,                // 10: does not join a view change of f + 1
  kEscalateAlone,         // 10: runs through views alone
  kNoRequestTimer,        // 11: a silent primary is never suspected
  kNoSync,                // 13: never asks for blocks it missed
  kNoWatermarkService,    // 7: stable checkpoints are not served again
  kTrustSnapshot,         // 13: a snapshot is not held against the certified state (simulator)
  kInstallInSteps,        // 13: a snapshot is not installed at once (simulator)
  kVoteAfterWipe,         // 3: votes with an empty vote log as if it had never voted
  kNoDrain,               // 15: the old set goes on behind the block that ends its epoch
  kNewSetCertifies,       // 15: a block is certified by the set that it names itself
  kEpochNotBound,         // 15: votes of another epoch count
  kForgetFuture,          // 12: messages that come early are dropped and status ignored
  kCount,
};

#ifdef EMR_SIM_BUGS
extern Bug injected_bug;
#define EMR_BUG(name) (::emr::consensus::injected_bug == ::emr::consensus::Bug::name)
#else
#define EMR_BUG(name) false
#endif

}  // namespace emr::consensus

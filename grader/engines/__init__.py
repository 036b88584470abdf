"""Ways to decide which rubric lines a network breaks, tried one after the other.

| file | owns |
| --- | --- |
| `table` | the engines in the order in which they are tried |
| `empty_input` | what is found of the empty input, before any engine |
| `engine` | what an engine is asked and what it answers |
| `rationals` | what engines that work with fractions alone cannot decide |
| `walk` | proves or refutes by visiting every reachable joint state |
| `horn`, `horn_decision` | proves by an invariant, or refutes by a shortest input, where states or inputs do not end |
| `short_runs`, `affine` | a few runs before z3 searches; linear equations that hold in them: guesses of an invariant |
| `solver_context`, `spacer` | new contexts of z3 and their memory; invariants that z3 finds |
| `certificate` | checks an invariant, or all inputs of few steps, and searches for nothing |
| `horn_certificate`, `walk_certificate` | certificates as reports carry them, read and checked anew |
| `smt_text` | formulas in SMT-LIB |
| `claim`, `checkers` | what a certificate shows; the checker of each kind of certificate |
| `recorded` | decides by what a report says, as far as that holds |
| `bounded` | inputs of one length after the other, as z3 finds them |
| `feasible` | whether any weights at all answer short inputs rightly |
| `transition`, `transition_builder` | a joint step as constraints; working it out |
| `terms`, `term_domain`, `term_text` | the numbers in these; their domain; formulas as text |
| `listing` | runs every input, where these are up to a million |
| `ball_walk`, `ball_steps` | networks in balls: all short words, those through unlike states, periodic ones; steps |
| `smooth` | proves by boxes of states, or says how far inputs are right; decides one step of inputs in intervals |
| `boxes`, `closing` | a joint step of all states of a box; boxes that are closed under every input |
| `cover`, `drift` | boxes that cover the states of one length after the other; how long a memory that fades lasts |
| `input_cells`, `input_search` | inputs that cannot be listed as cells; cutting them until each is decided |
| `box_certificate`, `box_proof`, `box_text` | checks boxes and cuts; as reports carry them; in words, with the margin |
| `sample` | runs long inputs where a walk does not end, and shrinks those that fail |
| `weight_forms`, `weight_cells` | values as functions of weights; weights for which a network does the same |
| `weight_intervals`, `weight_radius` | how far weights of a right network may move, each by itself and all together |
| `widened_weights` | proofs by boxes for all weights near those of a network |
| `joint` | walks of machines beside the behaviour, on the inputs that the question allows |
| `corpus` | the inputs that are sampled, drawn once a question |
| `edge_words`, `long_runs` | words that are tried whatever is drawn; what long ones may cost |
| `turning_points` | inputs at which a comparison of an answer's own network turns |
| `search`, `distance`, `constants` | inputs on which a given rubric line applies; numbers to try |
| `met_lines` | whether a line is about some step, where a proof visits no single inputs |
"""

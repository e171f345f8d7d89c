/* Both compilers must see the same layouts: a negative size stops the build where they do not. */
typedef char node_core_size_of_config[sizeof(node_core_config_t) ==
                                      (sizeof(void *) == 8 ? 88 : 72) ? 1 : -1];
typedef char node_core_size_of_effect[sizeof(node_core_effect_t) == 40 ? 1 : -1];
typedef char node_core_size_of_node[sizeof(node_core_t) == 8 * NODE_CORE_WORDS ? 1 : -1];
typedef char node_core_size_of_state[sizeof(node_core_state_t) == 4 ? 1 : -1];


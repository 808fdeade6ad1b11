"""From a query's text to its result: documents, operations and the engines that execute them."""

"""One async function for each REST route that the gateway calls."""

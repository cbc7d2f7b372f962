"""An invented dialysis unit and the published case report, to try the tool on."""

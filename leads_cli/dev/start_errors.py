"""What can keep the embedded stack from starting."""


class DevError(Exception):
    """Root of what the embedded stack raises on purpose."""


class UnsupportedTemplateError(DevError):
    """The template asks for something that the embedded stack does not do as AWS would."""


class DeploymentError(DevError):
    """The embedded AWS refused the template."""


class AlreadyRunningError(DevError):
    """Another embedded AWS runs in this process. moto has one state per process."""

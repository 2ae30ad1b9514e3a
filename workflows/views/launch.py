from django.http import HttpResponse


def workflow_launch(request, slug, pk):
    return HttpResponse()


def launch_estimate(request, slug, pk):
    return HttpResponse()
